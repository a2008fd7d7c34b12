// SPDX-License-Identifier: ISC
// Fields follow each other without a gap from the first octet to the body; dates in them are read back as written.
#include <cstdint>
#include <cstdlib>

#include "mail/date.hpp"
#include "mail/header.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message{reinterpret_cast<const char*>(data), size};
    mail::HeaderReader reader{message};
    std::size_t end = 0;
    while (const auto field = reader.next()) {
        if (field->begin != end || field->end <= end || field->name.empty()) std::abort();
        end = field->end;
        const auto line = mail::unfold(field->value);
        if (line.find_first_of("\r\n") != std::string::npos) std::abort();
        const auto date = mail::parse_date(field->value);
        if (date && mail::parse_date(mail::format_date(*date, 0)) != *date) std::abort();
    }
    if (reader.body() < end || reader.body() > size) std::abort();
    return 0;
}

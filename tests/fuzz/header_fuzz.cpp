// SPDX-License-Identifier: ISC
// Fields follow each other without a gap from the first octet to the body, and can be taken out; dates in them are read
// back as written.
#include <cstdint>

#include "fuzz/require.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mail/trace.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message{reinterpret_cast<const char*>(data), size};
    mail::HeaderReader reader{message};
    std::size_t end = 0;
    while (const auto field = reader.next()) {
        require(field->begin == end && field->end > end && !field->name.empty());
        end = field->end;
        const auto line = mail::unfold(field->value);
        require(line.find_first_of("\r\n") == std::string::npos);
        const auto date = mail::parse_date(field->value);
        require(!date || mail::parse_date(mail::format_date(*date, 0)) == *date);
    }
    require(reader.body() >= end && reader.body() <= size);

    for (const std::string_view name : {"Received", "Delivered-To", "A"}) {
        const auto rest = mail::without_fields(message, name);
        require(rest.size() <= size && rest.ends_with(message.substr(end)));
        require(mail::find_field(message, name) || rest == message);
    }
    (void)mail::read_trace(message);
    if (const auto octets = mail::header_octets(message)) require(message.substr(0, *octets).ends_with('\n'));
    return 0;
}

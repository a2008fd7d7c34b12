// SPDX-License-Identifier: ISC
// A mailbox, or a name alone, that is read is written so that the same is read again, and holds nothing that could leave
// its line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/ascii.hpp"
#include "mail/mailbox.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto address = mail::parse_address(input);
    const auto mailbox = mail::parse_mailbox(input);
    if (mailbox.has_value() != (address && !address->domain.empty())) std::abort();
    if (!address) return 0;
    const auto text = mail::to_string(*address);
    if (std::ranges::any_of(text, is_control)) std::abort();
    const auto again = mail::parse_address(text);
    if (!again || again->local_part != address->local_part || again->domain != address->domain) std::abort();
    return 0;
}

// SPDX-License-Identifier: ISC
// A mailbox that is read is written so that the same is read again, and holds nothing that could leave its line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/ascii.hpp"
#include "mail/mailbox.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto mailbox = mail::parse_mailbox({reinterpret_cast<const char*>(data), size});
    if (!mailbox) return 0;
    const auto text = mail::to_string(*mailbox);
    if (std::ranges::any_of(text, is_control)) std::abort();
    const auto again = mail::parse_mailbox(text);
    if (!again || again->local_part != mailbox->local_part || again->domain != mailbox->domain) std::abort();
    return 0;
}

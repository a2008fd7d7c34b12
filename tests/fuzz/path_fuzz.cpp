// SPDX-License-Identifier: ISC
// What stands behind FROM: and TO:, and the parameters behind that.
#include <cstdint>
#include <cstdlib>

#include "smtp/parameters.hpp"
#include "smtp/path.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    constexpr smtp::Offered all{.extensions = true, .auth = true, .xid = true, .require_tls = true};
    const auto reverse = smtp::parse_reverse_path(text);
    const auto forward = smtp::parse_forward_path(text);
    if (reverse) (void)smtp::parse_mail_parameters(reverse->rest, all);
    if (forward) (void)smtp::parse_rcpt_parameters(forward->rest, all);
    const bool postmaster = forward && forward->recipient.domain.empty();
    if (forward && !postmaster && (!reverse || !reverse->sender || !(*reverse->sender == forward->recipient))) std::abort();
    return 0;
}

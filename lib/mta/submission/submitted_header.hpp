// SPDX-License-Identifier: ISC
// The header of a message as programs write it, made what RFC 5322 section 3.6 wants: nobody's Bcc, somebody's From.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mta/submission/caller.hpp"

namespace mailpipe::mta {

struct SubmittedHeader {
    std::string text;       ///< goes out in place of the first `octets` of what came
    std::size_t octets;     ///< what stands behind them is the body
    bool smtputf8 = false;  ///< it has UTF-8, for which RFC 6531 section 3.4 asks
};

/// `head` is the beginning of a message, or all of it, with LF. Bcc and Resent-Bcc fields go; Date, From and Message-ID come in
/// front where they are missing. A body that begins without an empty line gets one. All other octets stay as they are.
/// Errors: 65, for a header of more than mail::HeaderReader::max_octets, which a `head` with one octet more can tell.
Result<SubmittedHeader> complete_header(std::string_view head, const Author& author, std::string_view hostname, Time time);

}  // namespace mailpipe::mta

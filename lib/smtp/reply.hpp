// SPDX-License-Identifier: ISC
// A reply of SMTP or LMTP: code, enhanced status code, text (RFC 5321 section 4.2, RFC 3463).
#pragma once

#include <string>
#include <string_view>

#include "io/channel.hpp"

namespace mailpipe::smtp {

struct Reply {
    int code;
    std::string enhanced;  ///< "2.1.0"; empty where none belongs (greeting, EHLO, 3yz: RFC 2034 section 4)
    std::string text;      ///< lines parted by '\n'

    /// 2yz: it is done. Nothing else says so, not even 354 (RFC 5321 section 4.2.1).
    bool is_positive() const { return code >= 200 && code < 300; }
    bool is_permanent() const { return code >= 500; }
    /// Answers a command for good: 1yz and 3yz leave it open.
    bool is_final() const { return is_positive() || code >= 400; }
};

/// Gathers the reply: CRLF, "250-" on all lines but the last, the enhanced code on each line (RFC 2034 section 4). What is
/// not printable ASCII becomes "?", and a line ends at 512 octets (RFC 5321 section 4.5.3.1.5).
void write(io::Channel& channel, const Reply& reply);

/// For log lines: "550 5.1.1 no such user".
std::string to_string(const Reply& reply);

}  // namespace mailpipe::smtp

// SPDX-License-Identifier: ISC
// The Received field that a server puts before a message: Time-stamp-line of RFC 5321 section 4.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::mail {

/// How a message came in.
struct Transport {
    bool extended = false;       ///< EHLO, not HELO
    bool tls = false;
    bool authenticated = false;
    bool utf8 = false;           ///< MAIL said SMTPUTF8
};

/// "ESMTPSA", "UTF8SMTPS" …: RFC 3848, RFC 6531 section 4.3.
std::string with_protocol(const Transport& transport);

struct Received {
    std::string_view helo;     ///< what the client called itself: anything
    std::string_view address;  ///< "192.0.2.1", "IPv6:2001:db8::1" or "local"; empty: not to be told
    std::optional<std::uint32_t> uid{};  ///< whose process a local client is, where that is known
    std::string_view by;       ///< our name
    std::string with;          ///< with_protocol(); empty where the message came by none
    std::string_view id;
    std::string_view tls;      ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without
    std::optional<Mailbox> recipient;  ///< only where there is no other: RFC 5321 section 7.2
    Time time;
};

/// The whole field, folded, with LF line ends and one at its end. What the client said can't break out of it.
std::string received_field(const Received& received);

}  // namespace mailpipe::mail

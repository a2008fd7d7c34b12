// SPDX-License-Identifier: ISC
// What MAIL and RCPT said (RFC 5321 section 2.3.1), with the DSN parameters of RFC 3461 and SMTPUTF8 of RFC 6531.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/mailbox.hpp"

namespace mailpipe::mail {

/// NOTIFY of RFC 3461 section 4.1. Nothing set: the parameter was absent (failures are told, delays may be).
struct Notify {
    bool never = false;
    bool success = false;
    bool failure = false;
    bool delay = false;

    bool given() const { return never || success || failure || delay; }
    bool operator==(const Notify&) const = default;
};

/// "SUCCESS,DELAY"; empty where nothing is set.
std::string to_string(const Notify& notify);
/// "NEVER", or a list of SUCCESS, FAILURE, DELAY, in any case of letters.
std::optional<Notify> parse_notify(std::string_view value);

/// RET of RFC 3461 section 4.3.
enum class Return { unspecified, full, headers };

/// "FULL", "HDRS", or nothing.
std::string_view to_string(Return dsn_return);
std::optional<Return> parse_return(std::string_view value);

struct Recipient {
    Mailbox mailbox;
    Notify notify{};
    std::string original{};  ///< ORCPT as given: addr-type ";" xtext; empty when absent (RFC 3461 section 4.2)

    bool operator==(const Recipient&) const = default;
};

struct Envelope {
    ReversePath sender{};
    std::string envelope_id{};  ///< ENVID as given, in xtext; empty when absent (RFC 3461 section 4.4)
    Return dsn_return = Return::unspecified;
    bool smtputf8 = false;
    bool require_tls = false;  ///< REQUIRETLS (RFC 8689)
    std::vector<Recipient> recipients{};

    bool operator==(const Envelope&) const = default;
};

}  // namespace mailpipe::mail

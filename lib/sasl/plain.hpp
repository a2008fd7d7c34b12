// SPDX-License-Identifier: ISC
// The server's side of PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login), in base64 as SMTP, POP3 and IMAP carry it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::sasl {

enum class Mechanism { plain, login };

/// By name, whatever its case.
std::optional<Mechanism> find_mechanism(std::string_view name);
/// "PLAIN LOGIN", as capabilities list them.
std::string_view mechanism_names();

struct Credentials {
    std::string authorization;  ///< whom to act for; empty: the same as `name`
    std::string name;
    std::string password;

    /// Acting for somebody else is not offered by anybody here.
    bool for_self() const { return authorization.empty() || authorization == name; }
};

/// One exchange: while challenge() gives something, send it and respond() with what comes back. An initial response is
/// a response to a challenge that need not be sent.
class Exchange {
public:
    /// The longest line that a protocol should take for a response (RFC 4954 section 4).
    static constexpr std::size_t max_line = 12288;

    explicit Exchange(Mechanism mechanism) : mechanism_(mechanism) {}

    /// In base64; empty is a challenge too. Nothing: the credentials are complete.
    std::optional<std::string_view> challenge() const;
    /// A line from the client, in base64; "=" is an empty initial response and nothing else. Errors: permanent, the
    /// exchange is over; "*" (the client has given up) is one of them.
    Result<void> respond(std::string_view line);

    const Credentials& credentials() const { return credentials_; }

private:
    enum class Step { first, second, done };
    Mechanism mechanism_;
    Step step_ = Step::first;
    Credentials credentials_;
};

/// message = [authzid] NUL authcid NUL passwd (RFC 4616 section 2). Errors: permanent.
Result<Credentials> parse_plain(std::string_view message);

}  // namespace mailpipe::sasl

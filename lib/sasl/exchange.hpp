// SPDX-License-Identifier: ISC
// One login by SASL (RFC 4422) as a server sees it, in base64 as SMTP, POP3 and IMAP carry it: PLAIN (RFC 4616), LOGIN
// (draft-murchison-sasl-login), SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 7677).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sasl/plain.hpp"
#include "sasl/scram.hpp"

namespace mailpipe::sasl {

enum class Mechanism { scram_sha_256_plus, scram_sha_256, plain, login };

/// By name, whatever its case, of those that are offered: SCRAM where `scram` can find users, -PLUS where it can bind the
/// channel.
std::optional<Mechanism> find_mechanism(std::string_view name, const ScramWorld& scram = {});
/// "PLAIN LOGIN", as capabilities list them; the strongest first.
std::string mechanism_names(const ScramWorld& scram = {});

/// While challenge() gives something, send it and respond() with what comes back. An initial response is a response to a
/// challenge that need not be sent.
class Exchange {
public:
    /// The longest line that a protocol should take for a response (RFC 4954 section 4).
    static constexpr std::size_t max_line = 12288;

    /// `scram` outlives it; only SCRAM asks it.
    explicit Exchange(Mechanism mechanism, const ScramWorld& scram = {});

    /// In base64; empty is a challenge too. Nothing: the credentials are complete.
    std::optional<std::string_view> challenge() const;
    /// A line from the client, in base64; "=" is an empty initial response and nothing else. Errors: permanent, the
    /// exchange is over; "*" (the client has given up) is one of them.
    Result<void> respond(std::string_view line);

    const Credentials& credentials() const { return credentials_; }

private:
    enum class Step { first, second, third, done };
    Result<void> respond_plain(std::string_view response);
    Result<void> respond_login(std::string response);
    Result<void> respond_scram(std::string_view response);
    void challenge_with(std::string_view octets, Step step);

    Mechanism mechanism_;
    std::optional<Scram> scram_;
    Step step_ = Step::first;
    std::string challenge_;
    Credentials credentials_;
};

}  // namespace mailpipe::sasl

// SPDX-License-Identifier: ISC
// AUTH as a client says it (RFC 4954), by SCRAM-SHA-256, PLAIN (RFC 4616) or LOGIN (draft-murchison-sasl-login).
#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "sasl/plain.hpp"
#include "sasl/scram_client.hpp"
#include "sasl/scram_words.hpp"
#include "smtp/client.hpp"
#include "smtp/command.hpp"
#include "text/base64.hpp"

namespace mailpipe::smtp {

namespace {

constexpr std::size_t max_command_octets = 512;  // RFC 5321 section 4.5.3.1.4, with CRLF
constexpr int challenge = 334;

Error broken(std::string_view what) { return {Fault::transient, fmt::format("AUTH: {}", what)}; }

bool is_offered(std::string_view mechanisms, std::string_view name) {
    while (!mechanisms.empty()) {
        const auto [first, rest] = split_command(mechanisms);
        if (iequals(first, name)) return true;
        mechanisms = rest;
    }
    return false;
}

/// What is left open at the end is not answered for good.
Result<Reply> last(Result<Reply> reply) {
    if (reply && !reply->is_final()) return failure(broken("peer leaves it open: " + to_string(*reply)));
    return reply;
}

/// This mechanism is not for this user, or not on this connection (RFC 4954 sections 4 and 6): another one may be.
bool wants_another(const Reply& reply) { return reply.code == 504 || reply.code == 534; }

Reply no_way(std::string_view mechanisms, Wire wire) {
    const auto* why = wire == Wire::open ? "no AUTH that is safe without TLS" : "no AUTH that is known here";
    return {454, "4.7.0", fmt::format("the next host offers {}: {}", why, mechanisms.empty() ? "none at all" : mechanisms)};
}

}  // namespace

/// A server that is not one is told so, and not talked to any more.
Result<Reply> ClientSession::log_in_by_scram(const Login& login) {
    sasl::ScramClient scram{login.user, login.password, sasl::new_scram_nonce()};
    auto reply = command("AUTH SCRAM-SHA-256 " + text::base64_encode(scram.first()));
    if (!reply || (reply->code != challenge && !reply->is_positive())) return last(std::move(reply));
    // There is no room for the server's signature beside 235 (RFC 4954 section 4): without it, nobody has proved anything.
    if (reply->is_positive()) return failure(broken(scram.verify("").error().what));
    const auto server_first = text::base64_decode(reply->text);
    const auto final = server_first ? scram.final(*server_first) : failure(server_first.error());
    if (!final) {
        [[maybe_unused]] const auto cancelled = command("*");
        return failure(broken(final.error().what));
    }
    reply = command(text::base64_encode(*final));
    if (!reply || (reply->code != challenge && !reply->is_positive())) return last(std::move(reply));
    const auto server_final = reply->code == challenge ? text::base64_decode(reply->text) : Result<std::string>{};
    const auto verified = server_final ? scram.verify(*server_final) : failure(server_final.error());
    if (!verified) return failure(broken(verified.error().what));
    return last(command(""));
}

Result<Reply> ClientSession::log_in_by_plain(const Login& login) {
    const auto response = text::base64_encode(sasl::format_plain(login.user, login.password));
    const auto whole = "AUTH PLAIN " + response;
    if (whole.size() + 2 <= max_command_octets) return last(command(whole));
    auto reply = command("AUTH PLAIN");
    if (!reply || reply->code != challenge) return last(std::move(reply));
    return last(command(response));
}

/// Servers word their two questions differently; everybody asks for the name first.
Result<Reply> ClientSession::log_in_by_login(const Login& login) {
    auto reply = command("AUTH LOGIN");
    if (!reply || reply->code != challenge) return last(std::move(reply));
    reply = command(text::base64_encode(login.user));
    if (!reply || reply->code != challenge) return last(std::move(reply));
    return last(command(text::base64_encode(login.password)));
}

Result<Reply> ClientSession::authenticate(const Login& login, Wire wire) {
    struct Way {
        std::string_view name;
        bool shows_password;
        Result<Reply> (ClientSession::*log_in)(const Login& login);
    };
    constexpr Way ways[] = {
        {"SCRAM-SHA-256", false, &ClientSession::log_in_by_scram},
        {"PLAIN", true, &ClientSession::log_in_by_plain},
        {"LOGIN", true, &ClientSession::log_in_by_login},
    };
    last_command_ = ClientCommand::auth;
    const auto has_nul = [](std::string_view text) { return text.find('\0') != std::string_view::npos; };
    if (has_nul(login.user) || has_nul(login.password)) return failure({Fault::permanent, "AUTH: a NUL in user or password"});
    last_command_.reset();  // nobody was asked yet
    const auto mechanisms = extensions_.parameters("AUTH").value_or("");
    for (const auto& way : ways) {
        if (!is_offered(mechanisms, way.name) || (way.shows_password && wire == Wire::open)) continue;
        last_command_ = ClientCommand::auth;
        auto reply = (this->*way.log_in)(login);
        if (!reply || !wants_another(*reply)) return reply;
    }
    return no_way(mechanisms, wire);
}

}  // namespace mailpipe::smtp

// SPDX-License-Identifier: ISC
#include "sasl/exchange.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "sasl/scram_words.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

struct Named {
    Mechanism mechanism;
    std::string_view name;
};
constexpr Named mechanisms[] = {
    {Mechanism::scram_sha_256_plus, "SCRAM-SHA-256-PLUS"},
    {Mechanism::scram_sha_256, "SCRAM-SHA-256"},
    {Mechanism::plain, "PLAIN"},
    {Mechanism::login, "LOGIN"},
};

bool is_offered(Mechanism mechanism, const ScramWorld& scram) {
    switch (mechanism) {
        case Mechanism::scram_sha_256_plus: return scram.find && scram.channel_binding;
        case Mechanism::scram_sha_256: return static_cast<bool>(scram.find);
        case Mechanism::plain:
        case Mechanism::login: break;
    }
    return true;
}

tl::unexpected<Error> bad(std::string what) { return failure({Fault::permanent, std::move(what)}); }

}  // namespace

std::optional<Mechanism> find_mechanism(std::string_view name, const ScramWorld& scram) {
    for (const auto& one : mechanisms) {
        if (iequals(one.name, name) && is_offered(one.mechanism, scram)) return one.mechanism;
    }
    return {};
}

std::string mechanism_names(const ScramWorld& scram) {
    std::string names;
    for (const auto& one : mechanisms) {
        if (is_offered(one.mechanism, scram)) names.append(names.empty() ? "" : " ").append(one.name);
    }
    return names;
}

Exchange::Exchange(Mechanism mechanism, const ScramWorld& scram) : mechanism_(mechanism) {
    switch (mechanism) {
        case Mechanism::scram_sha_256_plus: scram_.emplace(Scram::Channel::bound, scram, new_scram_nonce()); break;
        case Mechanism::scram_sha_256: scram_.emplace(Scram::Channel::unbound, scram, new_scram_nonce()); break;
        case Mechanism::plain: break;
        case Mechanism::login: challenge_ = "VXNlcm5hbWU6"; break;  // "Username:"
    }
}

std::optional<std::string_view> Exchange::challenge() const {
    return step_ == Step::done ? std::nullopt : std::optional<std::string_view>{challenge_};
}

Result<void> Exchange::respond(std::string_view line) {
    if (line == "*") return bad("the client has given up");
    auto response = line == "=" ? Result<std::string>{} : text::base64_decode(line);
    if (!response) return failure(response.error());
    if (scram_) return respond_scram(*response);
    return mechanism_ == Mechanism::plain ? respond_plain(*response) : respond_login(std::move(*response));
}

Result<void> Exchange::respond_plain(std::string_view response) {
    auto credentials = parse_plain(response);
    if (!credentials) return failure(credentials.error());
    credentials_ = std::move(*credentials);
    step_ = Step::done;
    return {};
}

Result<void> Exchange::respond_login(std::string response) {
    if (response.empty() || response.find('\0') != std::string::npos) return bad("no name or no password");
    if (step_ == Step::first) {
        credentials_.name = std::move(response);
        challenge_with("Password:", Step::second);
    } else {
        credentials_.password = std::move(response);
        step_ = Step::done;
    }
    return {};
}

void Exchange::challenge_with(std::string_view octets, Step step) {
    challenge_ = text::base64_encode(octets);
    step_ = step;
}

/// The server's last message is a challenge, too, which the client answers with nothing: none of the three protocols has
/// room for it beside the outcome (RFC 4954 section 4, RFC 5034 section 4).
Result<void> Exchange::respond_scram(std::string_view response) {
    if (step_ == Step::first) {
        const auto reply = scram_->first(response);
        if (!reply) return failure(reply.error());
        challenge_with(*reply, Step::second);
    } else if (step_ == Step::second) {
        const auto reply = scram_->final(response);
        if (!reply) return failure(reply.error());
        credentials_ = {scram_->authorization(), scram_->name(), {}, Proof::wrong, {}};
        step_ = Step::done;
        if (*reply) challenge_with(**reply, Step::third);
    } else {
        if (!response.empty()) return bad("SCRAM has nothing more to say");
        credentials_.proof = Proof::right;
        credentials_.user = scram_->user();
        step_ = Step::done;
    }
    return {};
}

}  // namespace mailpipe::sasl

// SPDX-License-Identifier: ISC
#include "sasl/scram.hpp"

#include <fmt/format.h>

#include "crypto/hmac.hpp"
#include "sasl/scram_words.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

using crypto::Digest;

tl::unexpected<Error> bad(std::string what) { return failure({Fault::permanent, "SCRAM: " + std::move(what)}); }

}  // namespace

Scram::Scram(Channel channel, const ScramWorld& world, std::string nonce)
    : channel_(channel), world_(world), nonce_(std::move(nonce)) {}

Result<std::string> Scram::channel_octets(std::string_view type) const {
    if (channel_ == Channel::unbound) return bad("a channel is bound by -PLUS only");
    auto octets = world_.channel_binding ? world_.channel_binding(type) : std::nullopt;
    if (!octets) return bad("the channel can't be bound in that way");
    return std::move(*octets);
}

/// gs2-header = gs2-cbind-flag "," [authzid] "," (RFC 5802 section 7).
Result<void> Scram::take_gs2_header(std::string_view& message) {
    const auto whole = message;
    std::string octets;
    if (const auto type = take_attribute(message, 'p')) {
        auto known = channel_octets(*type);
        if (!known) return failure(known.error());
        octets = std::move(*known);
    } else if (channel_ == Channel::bound) {
        return bad("-PLUS without a bound channel");
    } else if (message.starts_with("y,") && world_.channel_binding) {
        return bad("somebody has hidden -PLUS from the client");  // RFC 5802 section 6
    } else if (message.starts_with("n,") || message.starts_with("y,")) {
        message.remove_prefix(2);
    } else {
        return bad("no GS2 header");
    }
    if (const auto authorization = take_attribute(message, 'a')) {
        auto name = decode_scram_name(*authorization);
        if (!name) return bad("that is no authorization identity");
        authorization_ = std::move(*name);
    } else if (message.starts_with(',')) {
        message.remove_prefix(1);
    } else {
        return bad("no GS2 header");
    }
    bound_.assign(whole.substr(0, whole.size() - message.size())).append(octets);
    return {};
}

Result<std::string> Scram::first(std::string_view message) {
    if (auto r = take_gs2_header(message); !r) return failure(r.error());
    const auto bare = message;
    const auto encoded_name = take_attribute(message, 'n');  // "m=" stands for extensions that have to be known: none are
    const auto nonce = take_attribute(message, 'r');
    if (!encoded_name || !nonce || !is_scram_nonce(*nonce)) return bad("no name, or no nonce");
    auto name = decode_scram_name(*encoded_name);
    if (!name) return bad("that is no name");
    name_ = std::move(*name);

    found_ = world_.find(name_);
    nonce_.insert(0, *nonce);
    auto reply = fmt::format("r={},s={},i={}", nonce_, text::base64_encode(found_.keys.salt), found_.keys.iterations);
    auth_message_ = fmt::format("{},{},", bare, reply);
    return reply;
}

Result<std::optional<std::string>> Scram::final(std::string_view message) {
    const auto proof_at = message.rfind(",p=");
    if (proof_at == std::string_view::npos) return bad("no proof");
    const auto proof = text::base64_decode(message.substr(proof_at + 3));
    if (!proof) return bad("a proof that is not base64");
    const auto without_proof = message.substr(0, proof_at);
    auto rest = without_proof;
    const auto encoded = take_attribute(rest, 'c');
    const auto nonce = take_attribute(rest, 'r');
    if (!encoded || !nonce) return bad("no channel binding, or no nonce");
    const auto bound = text::base64_decode(*encoded);
    if (!bound) return bad("a channel binding that is not base64");
    if (*bound != bound_ || *nonce != nonce_) return std::optional<std::string>{};
    return verify(without_proof, *proof);
}

std::optional<std::string> Scram::verify(std::string_view without_proof, std::string_view proof) {
    const auto& keys = found_.keys;
    auth_message_ += without_proof;
    const auto signature = crypto::hmac(Digest::sha256, keys.stored_key, auth_message_);
    if (proof.size() != signature.size()) return {};
    const auto client_key = exclusive_or(proof, signature);
    const bool right = crypto::equal_in_constant_time(crypto::digest(Digest::sha256, client_key), keys.stored_key);
    if (!right || !found_.user) return {};
    proven_ = std::move(found_.user);
    return "v=" + text::base64_encode(crypto::hmac(Digest::sha256, keys.server_key, auth_message_));
}

}  // namespace mailpipe::sasl

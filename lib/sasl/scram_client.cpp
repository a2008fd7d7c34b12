// SPDX-License-Identifier: ISC
#include "sasl/scram_client.hpp"

#include <fmt/format.h>

#include "base/number.hpp"
#include "crypto/hmac.hpp"
#include "sasl/saslprep.hpp"
#include "sasl/scram_words.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

using crypto::Digest;

tl::unexpected<Error> bad(std::string what) { return failure({Fault::permanent, "SCRAM: " + std::move(what)}); }

}  // namespace

ScramClient::ScramClient(std::string_view name, std::string_view password, std::string nonce, ScramBinding binding)
    : password_(saslprep(password)),
      nonce_(std::move(nonce)),
      binding_(std::move(binding)),
      first_bare_(fmt::format("n={},r={}", encode_scram_name(saslprep(name)), nonce_)) {}

Result<std::string> ScramClient::final(std::string_view server_first) {
    auto rest = server_first;  // "m=" stands for extensions that have to be known: none are
    const auto nonce = take_attribute(rest, 'r');
    const auto encoded_salt = take_attribute(rest, 's');
    const auto iterations = to_number<std::uint32_t>(take_attribute(rest, 'i').value_or(""));
    if (!nonce || !encoded_salt || !iterations) return bad("the server's first message is none");
    if (!is_scram_nonce(*nonce) || !nonce->starts_with(nonce_) || nonce->size() == nonce_.size()) {
        return bad("the server's nonce is not made of ours");
    }
    const auto salt = text::base64_decode(*encoded_salt);
    if (!salt || salt->empty()) return bad("the server's salt is none");
    if (*iterations < least_iterations || *iterations > most_iterations) {
        return bad(fmt::format("the server asks for {} iterations: {} to {} are taken", *iterations, least_iterations, most_iterations));
    }
    const auto salted = crypto::pbkdf2(Digest::sha256, password_, *salt, *iterations);
    const auto client_key = crypto::hmac(Digest::sha256, salted, "Client Key");
    const auto without_proof = fmt::format("c={},r={}", text::base64_encode(binding_.gs2_header + binding_.octets), *nonce);
    const auto auth_message = fmt::format("{},{},{}", first_bare_, server_first, without_proof);
    const auto signature = crypto::hmac(Digest::sha256, crypto::digest(Digest::sha256, client_key), auth_message);
    server_signature_ = text::base64_encode(crypto::hmac(Digest::sha256, crypto::hmac(Digest::sha256, salted, "Server Key"), auth_message));
    return fmt::format("{},p={}", without_proof, text::base64_encode(exclusive_or(client_key, signature)));
}

Result<void> ScramClient::verify(std::string_view server_final) const {
    const auto signature = take_attribute(server_final, 'v');
    if (!signature || server_signature_.empty()) return bad("the server does not prove that it knows the password");
    if (!crypto::equal_in_constant_time(*signature, server_signature_)) return bad("the server proves that it does not know the password");
    return {};
}

}  // namespace mailpipe::sasl

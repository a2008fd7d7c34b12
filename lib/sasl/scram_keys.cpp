// SPDX-License-Identifier: ISC
#include "sasl/scram_keys.hpp"

#include "base/number.hpp"
#include "crypto/hmac.hpp"
#include "sasl/saslprep.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

constexpr std::uint32_t most_iterations = 10'000'000;  // some seconds: a slip of the pen, not a wish
constexpr std::size_t key_octets = 32;

/// Up to the next comma, taken off with it.
std::string_view take_field(std::string_view& text) {
    const auto field = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    return field;
}

}  // namespace

std::optional<ScramKeys> parse_scram_keys(std::string_view hash) {
    const auto iterations = to_number<std::uint32_t>(take_field(hash));
    auto salt = text::base64_decode(take_field(hash));
    auto stored = text::base64_decode(take_field(hash));
    auto server = text::base64_decode(hash);
    if (!iterations || *iterations == 0 || *iterations > most_iterations) return {};
    if (!salt || salt->empty() || !stored || stored->size() != key_octets || !server || server->size() != key_octets) return {};
    return ScramKeys{std::move(*salt), *iterations, std::move(*stored), std::move(*server)};
}

ScramKeys derive_scram_keys(std::string_view password, std::string salt, std::uint32_t iterations) {
    using crypto::Digest;
    const auto salted = crypto::pbkdf2(Digest::sha256, saslprep(password), salt, iterations);
    return {std::move(salt), iterations, crypto::digest(Digest::sha256, crypto::hmac(Digest::sha256, salted, "Client Key")),
            crypto::hmac(Digest::sha256, salted, "Server Key")};
}

}  // namespace mailpipe::sasl

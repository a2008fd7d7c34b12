// SPDX-License-Identifier: ISC
#include "sasl/password.hpp"

#include <crypt.h>

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "crypto/digest.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

using crypto::Digest;

struct Parts {
    std::string_view scheme;  // empty without braces
    std::string_view hash;
};

Parts split(std::string_view stored) {
    const auto close = stored.starts_with('{') ? stored.find('}') : std::string_view::npos;
    if (close == std::string_view::npos) return {{}, stored};
    return {stored.substr(1, close - 1), stored.substr(close + 1)};
}

tl::unexpected<Error> unknown(std::string what) { return failure({Fault::transient, std::move(what)}); }

Result<bool> crypt_fits(std::string_view hash, std::string_view given) {
    if (given.size() >= CRYPT_MAX_PASSPHRASE_SIZE || given.find('\0') != std::string_view::npos) return false;
    const std::string setting{hash};
    const auto data = std::make_unique<crypt_data>();
    const char* made = ::crypt_r(std::string{given}.c_str(), setting.c_str(), data.get());
    if (made == nullptr || made[0] == '*') return unknown("a password hash that crypt(3) does not know");
    return crypto::equal_in_constant_time(made, setting);
}

Result<bool> plain_fits(std::string_view stored, std::string_view given) {
    // Digests first: how long it takes tells nothing about the length.
    return crypto::equal_in_constant_time(crypto::digest(Digest::sha256, stored), crypto::digest(Digest::sha256, given));
}

/// base64 of digest(password salt) followed by the salt, which may be empty.
template <Digest kind>
Result<bool> digest_fits(std::string_view encoded, std::string_view given) {
    const auto octets = text::base64_decode(encoded);
    const auto size = crypto::digest(kind, "").size();
    if (!octets || octets->size() < size) return unknown("a password digest that is not base64 or too short");
    const auto salt = octets->substr(size);
    return crypto::equal_in_constant_time(crypto::digest(kind, std::string{given} + salt), octets->substr(0, size));
}

Result<bool> hex_md5_fits(std::string_view hex, std::string_view given) {
    std::string made;
    for (const char c : crypto::digest(Digest::md5, given)) made += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return crypto::equal_in_constant_time(made, lower(hex));
}

Result<bool> scram_fits(std::string_view hash, std::string_view given) {
    const auto keys = parse_scram_keys(hash);
    if (!keys) return unknown("a password for SCRAM that is not iterations,salt,StoredKey,ServerKey");
    const auto made = derive_scram_keys(given, keys->salt, keys->iterations);
    return crypto::equal_in_constant_time(made.stored_key, keys->stored_key);
}

struct Scheme {
    std::string_view name;
    Result<bool> (*fits)(std::string_view hash, std::string_view given);
};
constexpr Scheme schemes[] = {
    {"", crypt_fits},
    {"CRYPT", crypt_fits},
    {"SHA512-CRYPT", crypt_fits},
    {"SHA256-CRYPT", crypt_fits},
    {"BLF-CRYPT", crypt_fits},
    {"MD5-CRYPT", crypt_fits},
    {"DES-CRYPT", crypt_fits},
    {"PLAIN", plain_fits},
    {"CLEARTEXT", plain_fits},
    {"CLEAR", plain_fits},
    {"SSHA512", digest_fits<Digest::sha512>},
    {"SSHA256", digest_fits<Digest::sha256>},
    {"SSHA", digest_fits<Digest::sha1>},
    {"SHA512", digest_fits<Digest::sha512>},
    {"SHA256", digest_fits<Digest::sha256>},
    {"SHA", digest_fits<Digest::sha1>},
    {"SHA1", digest_fits<Digest::sha1>},
    {"SMD5", digest_fits<Digest::md5>},
    {"PLAIN-MD5", hex_md5_fits},
    {"SCRAM-SHA-256", scram_fits},
};

const Scheme* find_scheme(std::string_view name) {
    const auto* found = std::ranges::find_if(schemes, [&](const Scheme& scheme) { return iequals(scheme.name, name); });
    return found == std::end(schemes) ? nullptr : found;
}

/// What of a crypt(3) hash decides how long it takes: "$6$rounds=9$", "$2y$10$", "$y$j9T$"; "$6$" with its default;
/// and of {SCRAM-SHA-256}.
std::string_view method_and_cost(std::string_view scheme, std::string_view hash) {
    if (iequals(scheme, "SCRAM-SHA-256")) return hash.substr(0, hash.find(','));  // the iterations
    if (!hash.starts_with('$')) return {};
    const auto method = hash.find('$', 1);
    if (method == std::string_view::npos) return {};
    const bool salt_follows = method == 2 && (hash[1] == '1' || hash[1] == '5' || hash[1] == '6');
    if (salt_follows && !hash.substr(3).starts_with("rounds=")) return hash.substr(0, method + 1);
    const auto cost = hash.find('$', method + 1);
    return hash.substr(0, cost == std::string_view::npos ? cost : cost + 1);
}

}  // namespace

bool has_password(std::string_view stored) {
    const auto [scheme, hash] = split(stored);
    const auto* known = find_scheme(scheme);
    const bool may_be_anything = known != nullptr && known->fits == plain_fits;
    return !hash.empty() && (may_be_anything || (hash != "x" && hash.front() != '*' && hash.front() != '!'));
}

Result<bool> is_password(std::string_view stored, std::string_view given) {
    if (!has_password(stored)) return false;
    const auto parts = split(stored);
    const auto* scheme = find_scheme(parts.scheme);
    if (scheme == nullptr) return unknown(fmt::format("password scheme {{{}}} is not known here", parts.scheme));
    return scheme->fits(parts.hash, given);
}

bool serves_scram(std::string_view stored) {
    const auto* scheme = find_scheme(split(stored).scheme);
    return has_password(stored) && scheme != nullptr && (scheme->fits == scram_fits || scheme->fits == plain_fits);
}

std::optional<ScramKeys> scram_keys(std::string_view stored, const std::string& salt, std::uint32_t iterations) {
    if (!serves_scram(stored)) return {};
    const auto [name, hash] = split(stored);
    if (find_scheme(name)->fits == scram_fits) return parse_scram_keys(hash);
    return derive_scram_keys(hash, salt, iterations);
}

std::string cost_class(std::string_view stored) {
    const auto parts = split(stored);
    const auto method = method_and_cost(parts.scheme, parts.hash);
    return method.empty() ? fmt::format("{{{}}}", lower(parts.scheme)) : std::string{method};
}

}  // namespace mailpipe::sasl

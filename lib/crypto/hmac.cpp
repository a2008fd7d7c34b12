// SPDX-License-Identifier: ISC
#include "crypto/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "crypto/native_digest.hpp"

namespace mailpipe::crypto {

namespace {

unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string hmac(Digest kind, std::string_view key, std::string_view data) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(native(kind), key.empty() ? "" : key.data(), static_cast<int>(key.size()), octets(data), data.size(), octets(out), &size);
    out.resize(size);
    return out;
}

std::string pbkdf2(Digest kind, std::string_view password, std::string_view salt, std::uint32_t iterations) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
    std::string out(static_cast<std::size_t>(EVP_MD_get_size(native(kind))), '\0');
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets(salt), static_cast<int>(salt.size()),
                      static_cast<int>(iterations), native(kind), static_cast<int>(out.size()), octets(out));
    return out;
}

}  // namespace mailpipe::crypto

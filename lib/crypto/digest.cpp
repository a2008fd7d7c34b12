// SPDX-License-Identifier: ISC
#include "crypto/digest.hpp"

#include <cstdlib>

#include <openssl/crypto.h>

#include "crypto/native_digest.hpp"

namespace mailpipe::crypto {

const EVP_MD* native(Digest kind) {
    switch (kind) {
        case Digest::md5: return EVP_md5();
        case Digest::sha1: return EVP_sha1();
        case Digest::sha256: return EVP_sha256();
        case Digest::sha512: return EVP_sha512();
    }
    std::abort();
}

std::string digest(Digest kind, std::string_view data) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(out.data()), &size, native(kind), nullptr);
    out.resize(size);
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mailpipe::crypto

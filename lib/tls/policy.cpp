// SPDX-License-Identifier: ISC
#include "tls/policy.hpp"

#include <openssl/err.h>

namespace mailpipe::tls {

namespace {

// Whoever speaks TLS 1.2 at all speaks one of these. TLS 1.3 has its own list, which is good as it is.
constexpr const char* tls12_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL";

}  // namespace

SSL_CTX* new_context(const SSL_METHOD* side) {
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
    ERR_clear_error();
    SSL_CTX* context = SSL_CTX_new(side);
    if (context == nullptr) return nullptr;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, tls12_ciphers);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);  // one read(2) a record instead of two
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

}  // namespace mailpipe::tls

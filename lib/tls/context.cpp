// SPDX-License-Identifier: ISC
#include "tls/context.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/files.hpp"
#include "base/log.hpp"
#include "tls/openssl_error.hpp"
#include "tls/policy.hpp"

namespace mailpipe::tls {

namespace {

constexpr std::array<unsigned char, 8> session_context{'m', 'a', 'i', 'l', 'p', 'i', 'p', 'e'};

tl::unexpected<Error> wrong(std::string what) {
    return failure({Fault::permanent, std::move(what), ExitStatus::configuration});
}

/// OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

void set_policy(SSL_CTX* context) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    // A process serves one connection: only tickets can be of use to the next one.
    SSL_CTX_set_session_id_context(context, session_context.data(), session_context.size());
}

/// OpenSSL's own message for a file that is missing or may not be read tells neither.
Result<void> readable(const char* option, const std::string& file) {
    const auto opened = open_read(file);
    if (!opened) return wrong(fmt::format("{}: {}", option, opened.error().what));
    return {};
}

Result<void> load(SSL_CTX* context, const std::string& certificate, const std::string& key) {
    if (auto r = readable("tls-cert", certificate); !r) return r;
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return wrong(fmt::format("tls-cert: {} has no certificate in PEM form: {}", certificate, take_openssl_error()));
    }
    if (auto r = readable("tls-key", key); !r) return r;
    const bool read = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
    if (read && SSL_CTX_check_private_key(context) == 1) return {};
    const bool mismatch = read || ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH;
    const std::string reason = take_openssl_error();
    if (mismatch) return wrong(fmt::format("tls-key: {} is not the key of {}", key, certificate));
    return wrong(fmt::format("tls-key: {} has no unencrypted private key in PEM form: {}", key, reason));
}

}  // namespace

void Context::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<void> Context::make() const {
    std::unique_ptr<ssl_ctx_st, Free> made{new_context(TLS_server_method())};
    if (!made) return failure({Fault::transient, "TLS: " + take_openssl_error()});
    set_policy(made.get());
    if (auto r = load(made.get(), certificate_, key_.empty() ? certificate_ : key_); !r) return r;
    native_ = std::move(made);
    return {};
}

Result<Context> Context::server(const std::string& certificate, const std::string& key) {
    Context context{certificate, key};
    if (auto r = context.make(); !r) return failure(r.error());
    return context;
}

Context Context::deferred(std::string certificate, std::string key) { return {std::move(certificate), std::move(key)}; }

Result<ssl_ctx_st*> Context::native() const {
    if (!native_) {
        if (auto r = make(); !r) return failure(r.error());
    }
    return native_.get();
}

bool Context::is_usable() const {
    const auto made = native();
    if (!made) LogLine("error").add("what", made.error().what).write();
    return made.has_value();
}

Result<std::optional<Context>> load_context(const Identity& identity) {
    if (identity.certificate.empty()) {
        if (!identity.from_first_octet) return std::optional<Context>{};
        return failure({Fault::permanent, "--tls needs a certificate (tls-cert)", ExitStatus::configuration});
    }
    if (identity.one_connection && !identity.from_first_octet) return Context::deferred(identity.certificate, identity.key);
    return Context::server(identity.certificate, identity.key);
}

}  // namespace mailpipe::tls

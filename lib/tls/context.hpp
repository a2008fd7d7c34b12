// SPDX-License-Identifier: ISC
// What all TLS sessions of a server share: certificate, key, policy. Made once, before the fork: it costs some
// milliseconds, a session then less than one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

struct ssl_ctx_st;  // SSL_CTX: OpenSSL's headers stay in lib/tls

namespace mailpipe::tls {

class Context {
public:
    /// `certificate`: a PEM file with the server's certificate first, then its chain; `key`: its PEM private key, not
    /// encrypted, empty when it stands in the certificate's file. TLS 1.2 and newer, forward secrecy, no compression,
    /// no renegotiation; session tickets under keys that live as long as the context.
    /// Errors: permanent, 78, with the file and the reason.
    static Result<Context> server(const std::string& certificate, const std::string& key);

    /// The same, made only when the first handshake needs it: for a process that serves one connection, which mostly
    /// never does. Errors come out of the handshake then.
    static Context deferred(std::string certificate, std::string key);

    Result<ssl_ctx_st*> native() const;
    /// Makes a deferred one now. False: it can't be made, and the log says why.
    bool is_usable() const;

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    Context(std::string certificate, std::string key) : certificate_(std::move(certificate)), key_(std::move(key)) {}
    Result<void> make() const;

    std::string certificate_;
    std::string key_;
    mutable std::unique_ptr<ssl_ctx_st, Free> native_;
};

/// A server's certificate, and when it is needed.
struct Identity {
    std::string certificate;        ///< as of Context::server(); empty: no TLS
    std::string key;
    bool from_first_octet = false;  ///< RFC 8314 section 3: there is nothing without TLS
    bool one_connection = false;    ///< of the process: then it is read when the client asks for TLS
};
/// Nothing without a certificate. Errors: 78; also where one is missing that is needed.
Result<std::optional<Context>> load_context(const Identity& identity);

}  // namespace mailpipe::tls

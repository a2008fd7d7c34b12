// SPDX-License-Identifier: ISC
// What all TLS sessions of a server share: certificate, key, policy. Made once, before the fork: it costs some
// milliseconds, a session then less than one.
#pragma once

#include <memory>
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

    ssl_ctx_st* native() const { return native_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    explicit Context(ssl_ctx_st* native) : native_(native) {}

    std::unique_ptr<ssl_ctx_st, Free> native_;
};

}  // namespace mailpipe::tls

// SPDX-License-Identifier: ISC
// The client's side of TLS: whom to believe, by the CAs of this host or by DNS (DANE: RFC 6698, RFC 7672).
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

struct ssl_ctx_st;  // SSL_CTX: OpenSSL's headers stay in lib/tls
struct ssl_st;      // SSL

namespace mailpipe::tls {

class ClientContext {
public:
    /// `trusted`: CA certificates, a PEM file or a directory with names by hash, which is read as they are needed.
    /// Errors: permanent, 78.
    static Result<ClientContext> make(const std::string& trusted = "/etc/ssl/certs");

    ssl_ctx_st* native() const { return native_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    explicit ClientContext(ssl_ctx_st* native) : native_(native) {}

    std::unique_ptr<ssl_ctx_st, Free> native_;
};

/// RFC 6698 section 2.1.
struct TlsaRecord {
    std::uint8_t usage, selector, matching_type;
    std::string data;
    bool operator==(const TlsaRecord&) const = default;
};

/// One that SMTP can use: DANE-TA(2) or DANE-EE(3), with a selector and a matching type that we know (RFC 7672 section 3.1), and
/// a digest of that type's length.
bool is_usable(const TlsaRecord& record);

/// What a server's certificate is held against.
struct Expectation {
    std::vector<std::string> names;  ///< hosts in A-labels, one of which it has to have; the first is told to the server (SNI)
    std::vector<TlsaRecord> tlsa;    ///< where some are usable they decide, not this host's CAs
};

/// Whom one can be sure to have reached.
enum class Trust {
    nobody,  ///< the connection is encrypted, and that is all
    pkix,    ///< a CA of this host vouches for one of the names
    dane,    ///< a TLSA record does
};

struct Verdict {
    Trust trust = Trust::nobody;
    std::string trouble;  ///< where it is nobody: why
    std::string name{};   ///< of pkix: which of the certificate's names it was, "*.example.org" too
};

/// For people. Times in seconds since 1970.
struct PeerCertificate {
    std::vector<std::string> names;  ///< DNS names of subjectAltName
    std::string subject, issuer;     ///< on one line, the most specific part first
    std::time_t not_before = 0, not_after = 0;
};

/// Before the handshake. Errors: transient, no memory.
Result<void> expect(ssl_st* session, const Expectation& expectation);
/// After it. A handshake does not fail for what they tell: who is sure to need somebody ends the connection.
Verdict judge(ssl_st* session);
PeerCertificate describe_certificate(ssl_st* session);

}  // namespace mailpipe::tls

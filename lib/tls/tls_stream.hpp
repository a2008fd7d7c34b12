// SPDX-License-Identifier: ISC
// TLS over any other stream (RFC 8446, RFC 5246).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/stream.hpp"
#include "tls/client_context.hpp"
#include "tls/context.hpp"

struct ssl_st;  // SSL

namespace mailpipe::tls {

/// Borrows the stream below it, whose input buffer has to be empty: what the peer sent ahead of the handshake in plain
/// text is not the peer's word (RFC 3207 section 4.2).
class TlsStream final : public io::Stream {
public:
    /// The server's side of the handshake. Errors: transient; the connection can only be closed. With a deferred context
    /// also its errors, before an octet is read or sent.
    static Result<std::unique_ptr<TlsStream>> accept(const Context& context, io::Stream& below, io::Deadline deadline);
    /// The client's side. Errors: transient, as above; what the certificate is worth is for judge() to say.
    static Result<std::unique_ptr<TlsStream>> connect(const ClientContext& context, const Expectation& expectation, io::Stream& below,
                                                      io::Deadline deadline);
    ~TlsStream() override;
    TlsStream(const TlsStream&) = delete;

    /// 0 also when the peer went without close_notify: SMTP, POP3 and IMAP mark their ends themselves.
    Result<std::size_t> read(std::span<char> buffer, io::Deadline deadline) override;
    Result<void> write(std::string_view data, io::Deadline deadline) override;
    Result<io::Woken> wait(std::span<io::Watched> others, io::Deadline deadline) override;
    void release_memory() override { below_.release_memory(); }

    /// Sends close_notify; does not wait for the peer's. Afterwards nothing can be written.
    void close(io::Deadline deadline);

    /// Protocol and cipher: "TLSv1.3 TLS_AES_256_GCM_SHA384".
    std::string description() const;
    bool is_resumed() const;
    /// Of a client's session: see client_context.hpp.
    Verdict judge() const { return tls::judge(session_.get()); }
    PeerCertificate describe_certificate() const { return tls::describe_certificate(session_.get()); }

    /// What both ends of this session and nobody else knows, for SASL: "tls-exporter" with TLS 1.3 (RFC 9266), and
    /// "tls-server-end-point" (RFC 5929 section 4), which tells only the certificate. Nothing for other types, and where a
    /// certificate's signature has no digest of its own (Ed25519).
    std::optional<std::string> channel_binding(std::string_view type) const;
    /// That as a function, which must not outlive the stream.
    std::function<std::optional<std::string>(std::string_view type)> channel_binder() const {
        return [this](std::string_view type) { return channel_binding(type); };
    }

private:
    friend struct Below;  // OpenSSL's way back to the stream below
    struct Free {
        void operator()(ssl_st* session) const;
    };
    TlsStream(ssl_st* session, io::Stream& below) : session_(session), below_(below) {}

    static Result<std::unique_ptr<TlsStream>> make(ssl_ctx_st* context, io::Stream& below, io::Deadline deadline);
    Error error_of(int result, const char* what);
    bool has_text(std::size_t reads);

    std::unique_ptr<ssl_st, Free> session_;
    io::Stream& below_;
    io::Deadline deadline_{};
    std::optional<Error> below_error_;
    bool below_ended_ = false;
    static constexpr std::size_t any_number = SIZE_MAX;
    std::size_t reads_left_ = any_number;  // of the stream below, before OpenSSL is told that nothing has come
};

}  // namespace mailpipe::tls

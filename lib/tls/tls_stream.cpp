// SPDX-License-Identifier: ISC
#include "tls/tls_stream.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tls/openssl_error.hpp"

namespace mailpipe::tls {

/// A BIO whose reads and writes are those of the stream below, within the deadline of the call that goes on.
/// "Try again" stands for every error: it leaves the session usable, so that a time-out can still be told to the peer.
struct Below {
    static TlsStream& owner(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* data, int size) {
        auto& tls = owner(bio);
        BIO_clear_retry_flags(bio);
        if (tls.reads_left_ == 0) {
            BIO_set_retry_read(bio);
            return -1;
        }
        if (tls.reads_left_ != TlsStream::any_number) --tls.reads_left_;
        const auto n = tls.below_.read({data, static_cast<std::size_t>(size)}, tls.deadline_);
        if (n) {
            tls.below_ended_ = *n == 0;
            return static_cast<int>(*n);
        }
        tls.below_error_ = n.error();
        BIO_set_retry_read(bio);
        return -1;
    }

    static int write(BIO* bio, const char* data, int size) {
        auto& tls = owner(bio);
        BIO_clear_retry_flags(bio);
        const auto sent = tls.below_.write({data, static_cast<std::size_t>(size)}, tls.deadline_);
        if (sent) return size;
        tls.below_error_ = sent.error();
        BIO_set_retry_write(bio);
        return -1;
    }

    static long control(BIO* bio, int command, long, void*) {
        switch (command) {
            case BIO_CTRL_FLUSH: return 1;
            case BIO_CTRL_EOF: return owner(bio).below_ended_ ? 1 : 0;
            default: return 0;
        }
    }

    static const BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "io::Stream");
            BIO_meth_set_read(m, read);
            BIO_meth_set_write(m, write);
            BIO_meth_set_ctrl(m, control);
            return m;
        }();
        return made;
    }
};

void TlsStream::Free::operator()(ssl_st* session) const { SSL_free(session); }

TlsStream::~TlsStream() = default;

Result<std::unique_ptr<TlsStream>> TlsStream::make(ssl_ctx_st* context, io::Stream& below, io::Deadline deadline) {
    ERR_clear_error();
    std::unique_ptr<TlsStream> tls{new TlsStream{SSL_new(context), below}};
    BIO* bio = BIO_new(Below::method());
    if (!tls->session_ || bio == nullptr) return failure({Fault::transient, "TLS: " + take_openssl_error()});
    BIO_set_data(bio, tls.get());
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->session_.get(), bio, bio);
    tls->deadline_ = deadline;
    return tls;
}

Result<std::unique_ptr<TlsStream>> TlsStream::accept(const Context& context, io::Stream& below, io::Deadline deadline) {
    const auto shared = context.native();
    if (!shared) return failure(shared.error());
    auto tls = make(*shared, below, deadline);
    if (!tls) return tls;
    const int result = SSL_accept((*tls)->session_.get());
    if (result != 1) return failure((*tls)->error_of(result, "TLS handshake"));
    return tls;
}

Result<std::unique_ptr<TlsStream>> TlsStream::connect(const ClientContext& context, const Expectation& expectation, io::Stream& below,
                                                      io::Deadline deadline) {
    auto tls = make(context.native(), below, deadline);
    if (!tls) return tls;
    if (auto r = expect((*tls)->session_.get(), expectation); !r) return failure(r.error());
    const int result = SSL_connect((*tls)->session_.get());
    if (result != 1) return failure((*tls)->error_of(result, "TLS handshake"));
    return tls;
}

/// After a call that failed: what the stream below said, or OpenSSL.
Error TlsStream::error_of(int result, const char* what) {
    const int kind = SSL_get_error(session_.get(), result);
    const std::string reason = take_openssl_error();
    if (below_error_) {
        const auto below = *std::exchange(below_error_, {});
        return {Fault::transient, fmt::format("{}: {}", what, below.what), {}, below.number};
    }
    if (kind == SSL_ERROR_ZERO_RETURN || kind == SSL_ERROR_SYSCALL) {
        return {Fault::transient, fmt::format("{}: the peer has closed", what)};
    }
    return {Fault::transient, fmt::format("{}: {}", what, reason)};
}

Result<std::size_t> TlsStream::read(std::span<char> buffer, io::Deadline deadline) {
    deadline_ = deadline;
    std::size_t n = 0;
    const int result = SSL_read_ex(session_.get(), buffer.data(), buffer.size(), &n);
    if (result == 1) return n;
    if (SSL_get_error(session_.get(), result) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
    return failure(error_of(result, "TLS"));
}

/// Would read() give something, with so many reads from the stream below? Errors and the peer's end are something, too:
/// OpenSSL and the stream below tell them again.
bool TlsStream::has_text(std::size_t reads) {
    reads_left_ = reads;
    char octet = 0;
    std::size_t n = 0;
    const int result = SSL_peek_ex(session_.get(), &octet, 1, &n);
    const bool nothing = result != 1 && !below_error_ && SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_READ;
    reads_left_ = any_number;
    below_error_.reset();
    ERR_clear_error();
    return !nothing;
}

Result<io::Woken> TlsStream::wait(std::span<io::Watched> others, io::Deadline deadline) {
    // What has been seen to be there is read without waiting, also after the deadline.
    deadline_ = std::max(deadline, io::Deadline::after(std::chrono::seconds{1}));
    if (SSL_has_pending(session_.get()) == 1 && has_text(0)) return io::Woken::peer;
    for (;;) {
        const auto woken = below_.wait(others, deadline);
        if (!woken || *woken != io::Woken::peer) return woken;
        if (has_text(1)) return io::Woken::peer;
        if (deadline.remaining() == std::chrono::milliseconds{0}) return io::Woken::deadline;
    }
}

Result<void> TlsStream::write(std::string_view data, io::Deadline deadline) {
    if (data.empty()) return {};
    deadline_ = deadline;
    std::size_t n = 0;
    const int result = SSL_write_ex(session_.get(), data.data(), data.size(), &n);
    if (result != 1) return failure(error_of(result, "TLS"));
    return {};
}

void TlsStream::close(io::Deadline deadline) {
    deadline_ = deadline;
    SSL_shutdown(session_.get());
    below_error_.reset();
    ERR_clear_error();
}

std::string TlsStream::description() const {
    return fmt::format("{} {}", SSL_get_version(session_.get()), SSL_get_cipher_name(session_.get()));
}

namespace {

std::optional<std::string> exported_key(SSL* session) {
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::string key(32, '\0');
    auto* octets = reinterpret_cast<unsigned char*>(key.data());
    if (SSL_version(session) < TLS1_3_VERSION) return {};
    if (SSL_export_keying_material(session, octets, key.size(), label.data(), label.size(), nullptr, 0, 0) != 1) return {};
    return key;
}

/// By the digest that the certificate is signed with, in place of MD5 and SHA-1 by SHA-256 (RFC 5929 section 4.1).
std::optional<std::string> certificate_digest(SSL* session) {
    const X509* certificate = SSL_get_certificate(session);
    int kind = NID_undef;
    if (certificate == nullptr || X509_get_signature_info(const_cast<X509*>(certificate), &kind, nullptr, nullptr, nullptr) != 1) return {};
    if (kind == NID_md5 || kind == NID_sha1) kind = NID_sha256;
    const EVP_MD* digest = EVP_get_digestbynid(kind);
    std::string octets(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (digest == nullptr || X509_digest(certificate, digest, reinterpret_cast<unsigned char*>(octets.data()), &size) != 1) return {};
    octets.resize(size);
    return octets;
}

}  // namespace

std::optional<std::string> TlsStream::channel_binding(std::string_view type) const {
    auto octets = type == "tls-exporter"           ? exported_key(session_.get())
                  : type == "tls-server-end-point" ? certificate_digest(session_.get())
                                                   : std::nullopt;
    ERR_clear_error();
    return octets;
}

bool TlsStream::is_resumed() const { return SSL_session_reused(session_.get()) == 1; }

}  // namespace mailpipe::tls

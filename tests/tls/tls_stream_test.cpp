// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cstring>
#include <string>

#include <sys/socket.h>

#include "io/fd_stream.hpp"
#include "support/memory_stream.hpp"
#include "support/relay.hpp"
#include "support/temp_dir.hpp"
#include "tls/certificate.hpp"
#include "tls/client.hpp"
#include "tls/tls_stream.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using mailpipe::test::Client;
using mailpipe::test::ClientThread;
using tls::TlsStream;

namespace {

const tls::Context& server_context() {
    static const tls::Context context = [] {
        const test::TempDir dir;
        const auto key = test::make_key();
        test::write_key(dir / "pem", key);
        test::write_certificate(dir / "pem", key, "a");
        return tls::Context::server(dir / "pem", "").value();
    }();
    return context;
}

io::Deadline soon() { return io::Deadline::after(10s); }

std::string read_text(io::Stream& stream, std::size_t octets) {
    std::string text;
    char data[4096];
    while (text.size() < octets) {
        const auto n = stream.read(data, soon());
        REQUIRE(n);
        if (*n == 0) return text + "<closed>";
        text.append(data, *n);
    }
    return text;
}

void write_text(const Client& client, const std::string& text) { SSL_write(client.ssl, text.data(), static_cast<int>(text.size())); }

void only(SSL_CTX* context, int version) {
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
}

}  // namespace

TEST_CASE("Text goes both ways under TLS 1.2 and 1.3", "[tls]") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    std::string heard;
    {
        const ClientThread peer{[&](const Client& client) {
            write_text(client, "EHLO client.example\r\n");
            char data[64];
            const int n = SSL_read(client.ssl, data, sizeof data);
            heard.assign(data, static_cast<std::size_t>(std::max(n, 0)));
        }, [&](SSL_CTX* context) { only(context, version); }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        CHECK((*stream)->description() == (version == TLS1_3_VERSION ? "TLSv1.3 TLS_AES_256_GCM_SHA384" : "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384"));
        CHECK_FALSE((*stream)->is_resumed());
        CHECK(read_text(**stream, 21) == "EHLO client.example\r\n");
        CHECK((*stream)->write("250 mx.example\r\n", soon()));
        CHECK(read_text(**stream, 1) == "<closed>");  // the peer went without close_notify
    }
    CHECK(heard == "250 mx.example\r\n");
}

TEST_CASE("A deferred context is made by the first handshake, with its errors", "[tls]") {
    const test::TempDir dir;
    const auto key = test::make_key();
    test::write_key(dir / "pem", key);
    const auto context = tls::Context::deferred(dir / "pem", "");
    test::MemoryStream silent;
    const auto failed = TlsStream::accept(context, silent, soon());
    REQUIRE_FALSE(failed);
    CHECK(failed.error().what.starts_with("tls-cert: "));

    test::write_certificate(dir / "pem", key, "a");
    const ClientThread peer{[](const Client& client) {
        char c = 0;
        SSL_read(client.ssl, &c, 1);
    }};
    io::FdStream below{peer.server_end(), peer.server_end()};
    const auto stream = TlsStream::accept(context, below, soon());
    REQUIRE(stream);
    CHECK((*stream)->write("x", soon()));
}

TEST_CASE("A megabyte passes in one write, and an empty write sends nothing", "[tls]") {
    std::size_t heard = 0;
    const std::string text(1'000'000, 'a');
    {
        const ClientThread peer{[&](const Client& client) {
            char data[65536];
            for (int n = 0; (n = SSL_read(client.ssl, data, sizeof data)) > 0;) heard += static_cast<std::size_t>(n);
        }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        CHECK((*stream)->write("", soon()));
        CHECK((*stream)->write(text, soon()));
        (*stream)->close(soon());
    }
    CHECK(heard == text.size());
}

TEST_CASE("close_notify goes both ways", "[tls]") {
    int error = 0;
    {
        const ClientThread peer{[&](const Client& client) {
            char c = 0;
            error = SSL_get_error(client.ssl, SSL_read(client.ssl, &c, 1));
            SSL_shutdown(client.ssl);
        }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        (*stream)->close(soon());
        CHECK(read_text(**stream, 1) == "<closed>");
        CHECK_FALSE((*stream)->write("after", soon()));
    }
    CHECK(error == SSL_ERROR_ZERO_RETURN);
}

TEST_CASE("A ticket resumes the session with any process that shares the context", "[tls]") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session{nullptr, SSL_SESSION_free};
    for (const bool resumed : {false, true}) {
        const ClientThread peer{[&](const Client& client) {
            char c = 0;
            SSL_read(client.ssl, &c, 1);  // tickets come with the first text
            session.reset(SSL_get1_session(client.ssl));
            SSL_shutdown(client.ssl);
        }, [&](SSL_CTX* context) { only(context, version); }, session.get()};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        CHECK((*stream)->is_resumed() == resumed);
        CHECK((*stream)->write("x", soon()));
        CHECK(read_text(**stream, 1) == "<closed>");
    }
}

TEST_CASE("What is older than TLS 1.2, or not forward secret, gets no session", "[tls]") {
    const bool old = GENERATE(true, false);
    bool connected = true;
    {
        const ClientThread peer{[&](const Client& client) { connected = client.connected; }, [&](SSL_CTX* context) {
            SSL_CTX_set_security_level(context, 0);
            only(context, old ? TLS1_1_VERSION : TLS1_2_VERSION);
            SSL_CTX_set_cipher_list(context, old ? "ALL" : "kRSA");
        }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE_FALSE(stream);
        CHECK(stream.error().fault == Fault::transient);
        CHECK(stream.error().what == (old ? "TLS handshake: unsupported protocol" : "TLS handshake: no shared cipher"));
    }
    CHECK_FALSE(connected);
}

TEST_CASE("Renegotiation is refused", "[tls]") {
    int renegotiated = 1;
    {
        const ClientThread peer{[&](const Client& client) {
            SSL_renegotiate(client.ssl);
            renegotiated = SSL_do_handshake(client.ssl) == 1 && SSL_do_handshake(client.ssl) == 1 ? 1 : 0;
            char c = 0;
            if (renegotiated == 1) renegotiated = SSL_read(client.ssl, &c, 1);
        }, [](SSL_CTX* context) { only(context, TLS1_2_VERSION); }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        char data[16];
        CHECK((*stream)->read(data, soon()).value_or(0) == 0);
    }
    CHECK(renegotiated <= 0);
}

TEST_CASE("A handshake that stalls, breaks off or is plain text is an error in time", "[tls]") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const Fd ours{ends[0]};
    Fd peer{ends[1]};
    io::FdStream below{ours.number(), ours.number()};
    SECTION("stalls") {
        REQUIRE(::send(peer.number(), "\x16\x03\x01", 3, 0) == 3);
        const auto stream = TlsStream::accept(server_context(), below, io::Deadline::after(50ms));
        REQUIRE_FALSE(stream);
        CHECK(timed_out(stream.error()));
    }
    SECTION("breaks off") {
        REQUIRE(::send(peer.number(), "\x16\x03\x01", 3, 0) == 3);
        peer = Fd{};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE_FALSE(stream);
        CHECK(stream.error().what.starts_with("TLS handshake: "));
    }
    SECTION("is plain text") {
        REQUIRE(::send(peer.number(), "EHLO x\r\n", 8, 0) == 8);
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE_FALSE(stream);
        CHECK(stream.error().what == "TLS handshake: wrong version number");
    }
}

TEST_CASE("After a time-out the session can still say so", "[tls]") {
    std::string heard;
    {
        const ClientThread peer{[&](const Client& client) {
            char data[64];
            const int n = SSL_read(client.ssl, data, sizeof data);
            heard.assign(data, static_cast<std::size_t>(std::max(n, 0)));
        }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        char data[16];
        const auto late = (*stream)->read(data, io::Deadline::after(20ms));
        REQUIRE_FALSE(late);
        CHECK(timed_out(late.error()));
        CHECK((*stream)->write("421 4.4.2 timeout\r\n", soon()));
        (*stream)->close(soon());
    }
    CHECK(heard == "421 4.4.2 timeout\r\n");
}

TEST_CASE("An error of the stream below comes through", "[tls]") {
    test::MemoryStream below{std::string("\x16\x03\x01", 3)};
    below.fail_at = 2;
    const auto stream = TlsStream::accept(server_context(), below, soon());
    REQUIRE_FALSE(stream);
    CHECK(stream.error().what == "TLS handshake: read from the peer: broken");
    CHECK(stream.error().number == EIO);
}

TEST_CASE("A wait under TLS is woken by text, not by half a record or by OpenSSL's own", "[tls]") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    test::Relay relay;
    const ClientThread peer{[&](const Client& client) {
        write_text(client, "first");
        write_text(client, "second");
        char c = 0;
        SSL_read(client.ssl, &c, 1);
        if (version == TLS1_3_VERSION) SSL_key_update(client.ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
        if (version == TLS1_3_VERSION) SSL_do_handshake(client.ssl);
        SSL_read(client.ssl, &c, 1);
        write_text(client, "third");
        SSL_read(client.ssl, &c, 1);
        SSL_shutdown(client.ssl);
    }, [&](SSL_CTX* context) { only(context, version); }};
    relay.peer = peer.server_end();
    const auto accepted = TlsStream::accept(server_context(), relay, soon());
    REQUIRE(accepted);
    TlsStream& stream = **accepted;

    CHECK(stream.wait({}, soon()).value() == io::Woken::peer);
    char data[64];
    CHECK(stream.read({data, 2}, soon()).value() == 2);
    CHECK(stream.wait({}, soon()).value() == io::Woken::peer);  // the rest of a record that OpenSSL holds
    CHECK(read_text(stream, 9) == "rstsecond");
    CHECK(stream.wait({}, io::Deadline::after(20ms)).value() == io::Woken::deadline);

    REQUIRE(stream.write("1", soon()));
    CHECK(stream.wait({}, io::Deadline::after(100ms)).value() == io::Woken::deadline);  // at most a new key has come

    relay.reads_at_most = 5;  // the head of a record, then silence
    relay.octets_left = 12;
    REQUIRE(stream.write("2", soon()));
    CHECK(stream.wait({}, io::Deadline::after(100ms)).value() == io::Woken::deadline);
    CHECK(relay.octets_left == 0);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd reader{ends[0]}, writer{ends[1]};
    REQUIRE(::write(writer.number(), "x", 1) == 1);
    io::Watched other{reader.number()};
    CHECK(stream.wait({&other, 1}, soon()).value() == io::Woken::other);
    CHECK(other.is_ready);
    relay.octets_left = SIZE_MAX;
    CHECK(stream.wait({}, soon()).value() == io::Woken::peer);
    CHECK(read_text(stream, 5) == "third");

    REQUIRE(stream.write("3", soon()));
    CHECK(stream.wait({}, soon()).value() == io::Woken::peer);
    CHECK(read_text(stream, 1) == "<closed>");
}

TEST_CASE("Octets that are no TLS end a wait: the read says what is wrong", "[tls]") {
    const ClientThread peer{[&](const Client& client) {
        char c = 0;
        SSL_read(client.ssl, &c, 1);
        ::send(SSL_get_fd(client.ssl), "no TLS at all", 13, MSG_NOSIGNAL);
        SSL_read(client.ssl, &c, 1);
    }};
    io::FdStream below{peer.server_end(), peer.server_end()};
    const auto stream = TlsStream::accept(server_context(), below, soon());
    REQUIRE(stream);
    REQUIRE((*stream)->write("1", soon()));
    CHECK((*stream)->wait({}, soon()).value() == io::Woken::peer);
    char data[8];
    const auto n = (*stream)->read(data, soon());
    REQUIRE_FALSE(n);
    CHECK(n.error().fault == Fault::transient);
}

TEST_CASE("Both ends know the channel's octets", "[tls][rfc9266][rfc5929-4]") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    std::string exported(32, '\0'), certificate(EVP_MAX_MD_SIZE, '\0');
    std::optional<std::string> ours, end_point, unique;
    {
        const ClientThread peer{[&](const Client& client) {
            SSL_export_keying_material(client.ssl, reinterpret_cast<unsigned char*>(exported.data()), 32, "EXPORTER-Channel-Binding", 24, nullptr, 0, 0);
            unsigned size = 0;
            const std::unique_ptr<X509, decltype(&X509_free)> shown{SSL_get1_peer_certificate(client.ssl), X509_free};
            X509_digest(shown.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(certificate.data()), &size);
            certificate.resize(size);
            char c = 0;
            SSL_read(client.ssl, &c, 1);
        }, [&](SSL_CTX* context) { only(context, version); }};
        io::FdStream below{peer.server_end(), peer.server_end()};
        const auto stream = TlsStream::accept(server_context(), below, soon());
        REQUIRE(stream);
        ours = (*stream)->channel_binding("tls-exporter");
        end_point = (*stream)->channel_binding("tls-server-end-point");
        unique = (*stream)->channel_binding("tls-unique");
        CHECK((*stream)->write("x", soon()));
    }
    CHECK(ours.has_value() == (version == TLS1_3_VERSION));
    if (ours) CHECK(*ours == exported);
    CHECK(end_point == certificate);
    CHECK_FALSE(unique);
}

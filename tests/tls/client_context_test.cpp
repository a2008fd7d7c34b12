// SPDX-License-Identifier: ISC
#include "tls/client_context.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include <openssl/sha.h>

#include "io/fd_stream.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "tls/signed_site.hpp"
#include "tls/tls_stream.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using tls::Expectation;
using tls::TlsaRecord;
using tls::Trust;

namespace {

io::Deadline soon() { return io::Deadline::after(10s); }

std::string der_of(const X509* certificate) {
    unsigned char* octets = nullptr;
    const int size = i2d_X509(certificate, &octets);
    std::string der{reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)};
    OPENSSL_free(octets);
    return der;
}

std::string sha256(const std::string& octets) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

struct Site : test::SignedSite {
    /// What a client that expects this thinks of the server.
    tls::Verdict verdict(const Expectation& expectation, const std::string& trusted = "ca") const {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        const Fd ours{ends[0]}, theirs{ends[1]};
        std::thread server{[&] {
            const auto context = tls::Context::server(dir / "server", "").value();
            io::FdStream below{theirs.number(), theirs.number()};
            const auto stream = tls::TlsStream::accept(context, below, soon());
            char octet = 0;
            if (stream) (void)(*stream)->read({&octet, 1}, soon());
        }};
        const auto context = tls::ClientContext::make(dir / trusted);
        io::FdStream below{ours.number(), ours.number()};
        auto stream = context ? tls::TlsStream::connect(*context, expectation, below, soon()) : tl::unexpected{context.error()};
        tls::Verdict found{Trust::nobody, stream ? "" : stream.error().what};
        if (stream) {
            found = (*stream)->judge();
            described = (*stream)->describe_certificate();
            (*stream)->close(soon());
        }
        ::shutdown(ours.number(), SHUT_RDWR);
        server.join();
        return found;
    }

    mutable tls::PeerCertificate described;
};

const Site& site() {
    static const Site made;
    return made;
}

}  // namespace

TEST_CASE("A CA of this host vouches for a server by its names", "[tls]") {
    CHECK(site().verdict({{"mx.example"}, {}}).trust == Trust::pkix);
    CHECK(site().verdict({{"a.pool.example"}, {}}).trust == Trust::pkix);
    CHECK(site().verdict({{"a.pool.example"}, {}}).name == "*.pool.example");
    const auto second = site().verdict({{"other.example", "mx.example"}, {}});
    CHECK(second.trust == Trust::pkix);
    CHECK(second.name == "mx.example");
    const auto wrong = site().verdict({{"other.example"}, {}});
    CHECK(wrong.trust == Trust::nobody);
    CHECK(wrong.trouble == "hostname mismatch");
    CHECK(site().verdict({{"a.b.pool.example"}, {}}).trust == Trust::nobody);
    CHECK(site().verdict({{}, {}}).trouble == "no name was asked for");
}

TEST_CASE("A server of an unknown CA is nobody, and the handshake goes on", "[tls][rfc3207]") {
    const auto found = site().verdict({{"mx.example"}, {}}, "server");
    CHECK(found.trust == Trust::pkix);  // the file has the CA, too
    const test::TempDir empty;
    const auto nothing = tls::ClientContext::make(empty.path());
    REQUIRE(nothing);
    const auto missing = tls::ClientContext::make(empty / "missing");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().status == ExitStatus::configuration);
}

TEST_CASE("TLSA records decide where some can be used", "[tls][rfc7672-3.1]") {
    const auto leaf = der_of(site().certificate.get());
    const auto ca = der_of(site().ca.get());
    const auto trust = [&](const TlsaRecord& record, const std::string& name = "mx.example") {
        return site().verdict({{name}, {record}}, "ca").trust;
    };
    CHECK(trust({3, 0, 1, sha256(leaf)}) == Trust::dane);
    CHECK(trust({3, 0, 0, leaf}) == Trust::dane);
    CHECK(trust({3, 0, 1, sha256(leaf)}, "other.example") == Trust::dane);  // no name check for DANE-EE
    CHECK(trust({2, 0, 1, sha256(ca)}) == Trust::dane);
    CHECK(trust({2, 0, 1, sha256(ca)}, "other.example") == Trust::nobody);  // but for DANE-TA
    CHECK(trust({3, 0, 1, sha256(ca)}) == Trust::nobody);                   // not the server's own
    CHECK(trust({1, 0, 1, sha256(leaf)}) == Trust::pkix);                   // PKIX-EE can't be used: as if it were not there
    CHECK(site().verdict({{"mx.example"}, {{3, 0, 1, sha256(ca)}, {3, 0, 1, sha256(leaf)}}}).trust == Trust::dane);
}

TEST_CASE("Which TLSA records SMTP can use", "[tls][rfc7672-3.1.3]") {
    const auto of = [](std::size_t octets) { return std::string(octets, 'x'); };
    CHECK(tls::is_usable({2, 0, 0, of(1)}));
    CHECK(tls::is_usable({3, 1, 1, of(32)}));
    CHECK(tls::is_usable({3, 1, 2, of(64)}));
    for (const TlsaRecord& record : {TlsaRecord{0, 0, 1, of(32)}, {1, 1, 1, of(32)}, {4, 0, 1, of(32)}, {3, 2, 1, of(32)},
                                     {3, 1, 3, of(32)},
                                     {3, 1, 1, of(31)}, {3, 1, 1, of(33)}, {3, 1, 2, of(63)}, {3, 1, 2, of(65)}, {3, 1, 0, ""}}) {
        CHECK_FALSE(tls::is_usable(record));
    }
}

TEST_CASE("A certificate is described for people", "[tls]") {
    (void)site().verdict({{"mx.example"}, {}});
    const auto& described = site().described;
    CHECK(described.names == std::vector<std::string>{"mx.example", "*.pool.example"});
    CHECK(described.subject == "CN=mx.example");
    CHECK(described.issuer == "CN=Test CA");
    CHECK(described.not_after - described.not_before == 3660);
}

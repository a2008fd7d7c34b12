// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe::net;
using mailpipe::Fd;
using mailpipe::test::TempDir;

namespace {

Listener listener_at(const std::string& text, mode_t mode = 0600) {
    auto listener = listen_on(parse_socket_address(text).value(), mode);
    REQUIRE(listener);
    return std::move(*listener);
}

Fd connect_to(const SocketAddress& address) {
    Fd socket{::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (::connect(socket.number(), address.native(), address.size) != 0) return Fd{};
    return socket;
}

}  // namespace

TEST_CASE("A listener has the port that the kernel chose, and refuses it to a second one", "[net]") {
    const auto listener = listener_at("127.0.0.1:0");
    CHECK(listener.address.port() != 0);
    CHECK(connect_to(listener.address));
    const auto second = listen_on(listener.address, 0600);
    REQUIRE_FALSE(second);
    CHECK(second.error().what == "listen on " + to_string(listener.address) + ": Address already in use");
    CHECK(second.error().fault == mailpipe::Fault::transient);
}

TEST_CASE("Sessions do not wait for full packets, and notice a peer that has vanished", "[net]") {
    const auto listener = listener_at("127.0.0.1:0");
    const auto client = connect_to(listener.address);
    const Fd session{::accept(listener.socket.number(), nullptr, nullptr)};
    REQUIRE(session);
    const auto option = [&](int level, int name) {
        int value = 0;
        socklen_t octets = sizeof value;
        return ::getsockopt(session.number(), level, name, &value, &octets) == 0 && value != 0;
    };
    CHECK(option(IPPROTO_TCP, TCP_NODELAY));
    CHECK(option(SOL_SOCKET, SO_KEEPALIVE));
}

TEST_CASE("\"*\" takes IPv4 and IPv6, and both are told apart", "[net]") {
    const auto listener = listener_at("*:0");
    for (const auto* text : {"127.0.0.1", "::1"}) {
        const auto client = connect_to(make_socket_address(parse_ip(text).value(), listener.address.port()));
        if (!client && errno == EADDRNOTAVAIL) continue;  // a host without IPv6
        REQUIRE(client);
        SocketAddress from;
        from.size = sizeof from.storage;
        const Fd accepted{::accept4(listener.socket.number(), from.native(), &from.size, SOCK_CLOEXEC)};
        const auto connection = make_connection(accepted.number(), from);
        CHECK(to_string(*connection.ip) == text);
        CHECK(connection.is_loopback());
        CHECK_FALSE(connection.is_unix());
    }
}

TEST_CASE("A path gets its mode, knows its peer's uid, and goes with its listener", "[net]") {
    const TempDir dir;
    const auto listener = listener_at("unix:" + (dir / "s"), 0620);
    struct stat st {};
    REQUIRE(::stat((dir / "s").c_str(), &st) == 0);
    CHECK((st.st_mode & 07777) == 0620);
    const auto client = connect_to(listener.address);
    REQUIRE(client);
    const Fd accepted{::accept4(listener.socket.number(), nullptr, nullptr, SOCK_CLOEXEC)};
    const auto connection = connection_of(accepted.number());
    REQUIRE(connection);
    CHECK(connection->uid == ::getuid());
    CHECK(connection->address() == "local");
    CHECK(connection->is_loopback());
    remove_path(listener);
    CHECK(::stat((dir / "s").c_str(), &st) != 0);
}

TEST_CASE("A dead server's path is replaced, a live one's is not, and no other file ever", "[net]") {
    const TempDir dir;
    const std::string text = "unix:" + (dir / "s");
    { const auto dead = listener_at(text); }
    const auto live = listener_at(text);
    const auto second = listen_on(parse_socket_address(text).value(), 0600);
    REQUIRE_FALSE(second);
    CHECK(second.error().number == EADDRINUSE);
    CHECK(connect_to(live.address));

    std::ofstream{dir / "file"} << "precious";
    const auto file = listen_on(parse_socket_address("unix:" + (dir / "file")).value(), 0600);
    REQUIRE_FALSE(file);
    CHECK(boost::filesystem::file_size(dir / "file") == 8);
    CHECK_FALSE(listen_on(parse_socket_address("unix:" + (dir / "no/s")).value(), 0600));
}

TEST_CASE("A path that somebody else took over stays", "[net]") {
    const TempDir dir;
    const std::string text = "unix:" + (dir / "s");
    const auto first = listener_at(text);
    boost::filesystem::remove(dir / "s");
    const auto second = listener_at(text);
    remove_path(first);
    CHECK(connect_to(second.address));
}

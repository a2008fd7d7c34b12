// SPDX-License-Identifier: ISC
// serve() in a process of its own, talked to through its sockets.
#include "support/catch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <ranges>
#include <string>

#include "net/server.hpp"

using namespace std::chrono_literals;
using namespace mailpipe::net;
using mailpipe::Fd;
using mailpipe::Result;

namespace {

std::string read_text(const Fd& socket, std::size_t at_least = 1) {
    std::string text;
    while (text.size() < at_least) {
        pollfd poller{socket.number(), POLLIN, 0};
        char data[256];
        if (::poll(&poller, 1, 10'000) != 1) return text + "<nothing came>";
        const auto n = ::read(socket.number(), data, sizeof data);
        if (n <= 0) return text + "<closed>";
        text.append(data, static_cast<std::size_t>(n));
    }
    return text;
}

/// Greets with the peer's address, then answers each octet with itself until the peer closes.
Result<Afterwards> echo(const Connection& peer) {
    const auto greeting = peer.address() + "\n";
    if (::write(peer.out, greeting.data(), greeting.size()) < 0) return Afterwards::end;
    for (char c = 0; ::read(peer.in, &c, 1) == 1;) {
        if (::write(peer.out, &c, 1) != 1) break;
    }
    return Afterwards::next_peer;
}

class Server {
public:
    explicit Server(const ServerOptions& options, const Session& session = echo) {
        auto listener = listen_on(parse_socket_address("127.0.0.1:0").value(), 0600);
        REQUIRE(listener);
        address_ = listener->address;
        Sources sources;
        sources.listeners.push_back(std::move(*listener));
        process_ = ::fork();
        if (process_ != 0) return;
        ::signal(SIGTERM, SIG_DFL);  // Catch has its own
        const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(null, 2);
        const auto done = serve(std::move(sources), options, session);
        ::_exit(done ? 0 : 1);
    }
    ~Server() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Server(const Server&) = delete;

    void signal(int number) const { ::kill(process_, number); }
    /// The exit status, -1 while it runs after so long.
    int wait(std::chrono::milliseconds at_most = 10s) {
        const auto end = std::chrono::steady_clock::now() + at_most;
        int raw = 0;
        while (::waitpid(process_, &raw, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() > end) return -1;
            ::poll(nullptr, 0, 5);
        }
        process_ = 0x7fffffff;  // nobody
        return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    }
    Fd connect() const {
        Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (::connect(socket.number(), address_.native(), address_.size) != 0) return Fd{};
        return socket;
    }

private:
    pid_t process_ = -1;
    SocketAddress address_;
};

bool answers(const Fd& socket) { return ::send(socket.number(), "x", 1, MSG_NOSIGNAL) == 1 && read_text(socket) == "x"; }

/// One connection after another, until such a greeting comes.
bool greets_soon(const Server& server, std::string_view start) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < end) {
        if (read_text(server.connect()).starts_with(start)) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("Each connection has a session; over a limit comes the refusal", "[net]") {
    ServerOptions options;
    options.limits = {3, 2};
    options.refusal = "421 too many\r\n";
    const Server server{options};
    auto first = server.connect();
    CHECK(read_text(first) == "127.0.0.1\n");
    const auto second = server.connect();
    CHECK(read_text(second) == "127.0.0.1\n");
    CHECK(read_text(server.connect(), 99) == "421 too many\r\n<closed>");
    CHECK(answers(first));
    CHECK(answers(second));

    first = Fd{};  // when a session has ended there is room again: soon, not at once
    CHECK(greets_soon(server, "127.0.0.1\n"));
}

TEST_CASE("A process has as many sessions as it may, one after another", "[net]") {
    ServerOptions options;
    options.sessions_per_process = 3;
    auto afterwards = Afterwards::next_peer;
    std::size_t most = 3;
    SECTION("that allow it") {}
    SECTION("one that does not is the last") {
        afterwards = Afterwards::end;
        most = 1;
    }
    const Server server{options, [&](const Connection& peer) -> Result<Afterwards> {
        const auto process = std::to_string(::getpid());
        if (::write(peer.out, process.data(), process.size()) < 0) return Afterwards::end;
        return afterwards;
    }};
    std::map<std::string, std::size_t> sessions;
    for (int n = 0; n < 30; ++n) ++sessions[read_text(server.connect(), 99)];
    CHECK(std::ranges::max(sessions | std::views::values) == most);
}

TEST_CASE("A process that waits for a peer is no connection", "[net]") {
    ServerOptions options;
    options.limits = {1, 1};
    options.sessions_per_process = 99;
    const Server server{options};
    for (int n = 0; n < 5; ++n) {
        CHECK(greets_soon(server, "127.0.0.1\n"));
    }
}

TEST_CASE("SIGTERM closes the port at once and lets sessions finish", "[net]") {
    ServerOptions options;
    options.sessions_per_process = GENERATE(1u, 99u);
    Server server{options};
    (void)read_text(server.connect());  // whose process may wait now
    auto session = server.connect();
    CHECK(read_text(session) == "127.0.0.1\n");
    server.signal(SIGTERM);
    while (server.connect()) ::poll(nullptr, 0, 1);
    CHECK(answers(session));
    CHECK(server.wait(100ms) == -1);
    session = Fd{};
    CHECK(server.wait() == 0);
}

TEST_CASE("A second signal, or the end of the grace, ends the sessions too", "[net]") {
    ServerOptions options;
    options.grace = GENERATE(0s, 3600s);
    Server server{options};
    const auto session = server.connect();
    CHECK(read_text(session) == "127.0.0.1\n");
    server.signal(SIGINT);
    while (server.connect()) ::poll(nullptr, 0, 1);
    if (options.grace > 0s) server.signal(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK(read_text(session) == "<closed>");
}

TEST_CASE("SIGHUP reloads for the sessions to come; a failed one keeps the old", "[net]") {
    int generation = 0;
    ServerOptions options;
    options.sessions_per_process = GENERATE(1u, 99u);
    options.reload = [&]() -> Result<void> {
        if (generation == 1) return mailpipe::failure({mailpipe::Fault::permanent, "no"});
        ++generation;
        return {};
    };
    const Server server{options, [&](const Connection& peer) -> Result<Afterwards> {
        const char c = static_cast<char>('0' + generation);
        [[maybe_unused]] const auto n = ::write(peer.out, &c, 1);
        return echo(peer);
    }};
    const auto old = server.connect();
    CHECK(read_text(old, 11) == "0127.0.0.1\n");
    server.signal(SIGHUP);
    CHECK(greets_soon(server, "1"));
    for (int n = 0; n < 20; ++n) CHECK(read_text(server.connect()).starts_with('1'));  // nobody who knows the old
    server.signal(SIGHUP);
    CHECK(read_text(server.connect()).starts_with('1'));
    CHECK(answers(old));
}

TEST_CASE("A named proxy tells the peer and is not counted; from others a header is only text", "[net]") {
    const std::string header{"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x0a\0\0\x01\x12\x34\0\x19", 28};
    ServerOptions options;
    options.limits = {9, 1};
    SECTION("named") {
        options.proxies = {parse_network("127.0.0.0/8").value()};
        const Server server{options};
        const auto first = server.connect();
        const auto second = server.connect();
        for (const auto* socket : {&first, &second}) {
            REQUIRE(::send(socket->number(), header.data(), header.size(), MSG_NOSIGNAL) == 28);
            CHECK(read_text(*socket) == "192.0.2.7\n");
        }
        const auto without = server.connect();
        REQUIRE(::send(without.number(), "EHLO client.example\r\n", 21, MSG_NOSIGNAL) == 21);
        CHECK(read_text(without) == "<closed>");
    }
    SECTION("not named") {
        const Server server{options};
        const auto socket = server.connect();
        CHECK(read_text(socket) == "127.0.0.1\n");
        REQUIRE(::send(socket.number(), header.data(), header.size(), MSG_NOSIGNAL) == 28);
        CHECK(read_text(socket, header.size()) == header);
    }
}

TEST_CASE("A session that is killed costs no other", "[net]") {
    const Server server{{}, [](const Connection& peer) -> Result<Afterwards> {
        char c = 0;
        if (::read(peer.in, &c, 1) == 1 && c == '!') ::raise(SIGKILL);
        return echo(peer);
    }};
    const auto bad = server.connect();
    REQUIRE(::send(bad.number(), "!", 1, MSG_NOSIGNAL) == 1);
    CHECK(read_text(bad) == "<closed>");
    const auto good = server.connect();
    REQUIRE(::send(good.number(), "a", 1, MSG_NOSIGNAL) == 1);
    CHECK(read_text(good) == "127.0.0.1\n");
}

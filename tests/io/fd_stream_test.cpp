// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <deque>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "io/descriptors.hpp"
#include "io/fd_stream.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using io::Deadline;
using io::FdStream;

namespace {

enum class Kind { sockets, non_blocking_sockets, pipes };

/// Two ends: what is written at `theirs` is read at `ours`.
struct Pair {
    Fd ours, theirs;

    explicit Pair(Kind kind) {
        int ends[2] = {-1, -1};
        switch (kind) {
            case Kind::sockets: REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0); break;
            case Kind::non_blocking_sockets:
                REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
                break;
            case Kind::pipes: REQUIRE(::pipe(ends) == 0); break;
        }
        ours = Fd{ends[0]};
        theirs = Fd{ends[1]};
    }
};

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

void nothing(int) {}

}  // namespace

TEST_CASE("A deadline is over when its time is", "[io]") {
    CHECK(Deadline::after(10s).remaining() > 9s);
    CHECK(Deadline::after(10s).remaining() <= 10s);
    CHECK(Deadline::after(-1s).remaining() == 0ms);
}

TEST_CASE("Octets go through, and the end of the peer is 0 octets", "[io]") {
    const auto kind = GENERATE(Kind::sockets, Kind::non_blocking_sockets, Kind::pipes);
    Pair pair{kind};
    FdStream reader{pair.ours.number(), -1};
    FdStream writer{-1, pair.theirs.number()};
    REQUIRE(writer.write("hello", Deadline::after(1s)));
    std::array<char, 10> buffer;
    const auto n = reader.read(buffer, Deadline::after(1s));
    REQUIRE(n);
    CHECK(std::string(buffer.data(), *n) == "hello");
    pair.theirs = Fd{};
    CHECK(reader.read(buffer, Deadline::after(1s)).value() == 0);
}

TEST_CASE("A silent peer costs the time until the deadline, and no work", "[io]") {
    const auto kind = GENERATE(Kind::sockets, Kind::non_blocking_sockets, Kind::pipes);
    const Pair pair{kind};
    FdStream stream{pair.ours.number(), -1};
    std::array<char, 10> buffer;
    const auto start = std::chrono::steady_clock::now();
    const auto work = std::clock();
    const auto n = stream.read(buffer, Deadline::after(200ms));
    REQUIRE_FALSE(n);
    CHECK(timed_out(n.error()));
    CHECK(n.error().fault == Fault::transient);
    CHECK(since(start) >= 200ms);
    CHECK(since(start) < 2s);
    CHECK(std::clock() - work < CLOCKS_PER_SEC / 20);
}

TEST_CASE("Each read has its own deadline", "[io]") {
    const Pair pair{Kind::sockets};
    FdStream stream{pair.ours.number(), -1};
    std::array<char, 10> buffer;
    for (const auto wait : {100ms, 20ms, 105ms}) {
        const auto start = std::chrono::steady_clock::now();
        CHECK(timed_out(stream.read(buffer, Deadline::after(wait)).error()));
        CHECK(since(start) >= wait);
        CHECK(since(start) < wait + 1s);
    }
    CHECK(timed_out(stream.read(buffer, Deadline::after(0ms)).error()));
}

TEST_CASE("A longer deadline than the last costs no setsockopt, and is kept all the same", "[io]") {
    const Pair pair{Kind::sockets};
    FdStream stream{pair.ours.number(), pair.ours.number()};
    char octet = 0;
    const auto armed = [&] {
        timeval time{};
        socklen_t size = sizeof time;
        REQUIRE(::getsockopt(pair.ours.number(), SOL_SOCKET, SO_RCVTIMEO, &time, &size) == 0);
        return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
    };
    REQUIRE_FALSE(stream.read({&octet, 1}, Deadline::after(100ms)));
    const auto first = armed();
    CHECK(first <= 100ms);
    CHECK(first > 0ms);  // which would be for ever
    const auto start = std::chrono::steady_clock::now();
    REQUIRE_FALSE(stream.read({&octet, 1}, Deadline::after(400ms)));
    CHECK(since(start) >= 399ms);
    CHECK(armed() == first);
    REQUIRE(::write(pair.theirs.number(), "x", 1) == 1);
    CHECK(stream.read({&octet, 1}, Deadline::after(1h)).value() == 1);
    CHECK(armed() > 59min);  // no time-out is eight times too short
    REQUIRE_FALSE(stream.read({&octet, 1}, Deadline::after(5ms)));
    CHECK(armed() <= 20ms);  // the kernel counts in ticks
}

TEST_CASE("A signal does not make the deadline longer", "[io]") {
    const auto kind = GENERATE(Kind::sockets, Kind::pipes);
    Pair pair{kind};
    struct sigaction action {}, before {};
    action.sa_handler = nothing;  // and no SA_RESTART
    ::sigaction(SIGALRM, &action, &before);
    const itimerval in_20ms{{0, 0}, {0, 20'000}};
    ::setitimer(ITIMER_REAL, &in_20ms, nullptr);
    std::thread closes_late{[&] {
        sigset_t alarm;
        sigemptyset(&alarm);
        sigaddset(&alarm, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarm, nullptr);
        std::this_thread::sleep_for(1s);  // only so that a wrong read ends at all
        pair.theirs = Fd{};
    }};
    FdStream stream{pair.ours.number(), -1};
    std::array<char, 10> buffer;
    const auto n = stream.read(buffer, Deadline::after(100ms));
    closes_late.join();
    ::sigaction(SIGALRM, &before, nullptr);
    REQUIRE_FALSE(n);
    CHECK(timed_out(n.error()));
}

TEST_CASE("A peer that does not read ends a write at the deadline", "[io]") {
    const auto kind = GENERATE(Kind::sockets, Kind::non_blocking_sockets, Kind::pipes);
    Pair pair{kind};
    std::thread closes_late{[&] {
        std::this_thread::sleep_for(2s);  // only so that a wrong write ends at all
        pair.ours = Fd{};
    }};
    ::signal(SIGPIPE, SIG_IGN);
    FdStream stream{-1, pair.theirs.number()};
    const auto start = std::chrono::steady_clock::now();
    const auto sent = stream.write(std::string(4'000'000, 'x'), Deadline::after(100ms));
    const auto took = since(start);
    closes_late.join();
    ::signal(SIGPIPE, SIG_DFL);
    REQUIRE_FALSE(sent);
    CHECK(timed_out(sent.error()));
    CHECK(took < 1s);
}

TEST_CASE("A peer that reads slowly gets everything", "[io]") {
    const auto kind = GENERATE(Kind::sockets, Kind::non_blocking_sockets, Kind::pipes);
    const Pair pair{kind};
    const std::string sent(1'000'003, 'x');
    std::thread writes{[&] {
        FdStream stream{-1, pair.theirs.number()};
        if (stream.write(sent, Deadline::after(20s))) ::shutdown(pair.theirs.number(), SHUT_WR);
    }};
    FdStream stream{pair.ours.number(), -1};
    std::string got;
    std::array<char, 7777> buffer;
    while (got.size() < sent.size()) {
        const auto n = stream.read(buffer, Deadline::after(20s));
        if (!n || *n == 0) break;
        got.append(buffer.data(), *n);
    }
    writes.join();
    CHECK(got == sent);
}

TEST_CASE("A peer that is gone is a transient error, not a signal", "[io]") {
    Pair pair{Kind::sockets};
    pair.theirs = Fd{};
    FdStream stream{pair.ours.number(), pair.ours.number()};
    const auto sent = stream.write("x", Deadline::after(1s));
    REQUIRE_FALSE(sent);
    CHECK(sent.error().fault == Fault::transient);
    CHECK(sent.error().what.starts_with("write to the peer: "));
}

TEST_CASE("Descriptors come along with the octets, in their order", "[io]") {
    Pair pair{Kind::sockets};
    FdStream stream{pair.ours.number(), pair.ours.number()};
    CHECK_FALSE(stream.has_input());
    std::deque<Fd> passed;
    stream.collect_descriptors(passed);

    const Fd one{::memfd_create("one", 0)}, two{::memfd_create("two", 0)};
    REQUIRE(::write(pair.theirs.number(), "a", 1) == 1);
    REQUIRE(io::send_descriptor(pair.theirs.number(), "b", one.number()) == 1U);
    REQUIRE(io::send_descriptor(pair.theirs.number(), "c", two.number()) == 1U);
    CHECK(stream.has_input());

    std::array<char, 100> buffer;
    std::string got;
    while (got.size() < 3) got.append(buffer.data(), stream.read(buffer, Deadline::after(1s)).value());
    CHECK(got == "abc");
    REQUIRE(passed.size() == 2);
    const auto inode = [](const Fd& file) {
        struct stat st {};
        REQUIRE(::fstat(file.number(), &st) == 0);
        return st.st_ino;
    };
    CHECK(inode(passed[0]) == inode(one));
    CHECK(inode(passed[1]) == inode(two));
    CHECK((::fcntl(passed[0].number(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("A wait tells what has come: octets, something else, or neither", "[io]") {
    const auto kind = GENERATE(Kind::sockets, Kind::non_blocking_sockets, Kind::pipes);
    Pair peer{kind};
    const Pair first{Kind::pipes}, second{Kind::pipes};
    FdStream stream{peer.ours.number(), -1};
    io::Watched others[] = {{first.ours.number()}, {second.ours.number()}};
    CHECK(stream.wait(others, Deadline::after(20ms)).value() == io::Woken::deadline);
    CHECK(stream.wait({}, Deadline::after(-1s)).value() == io::Woken::deadline);

    REQUIRE(::write(second.theirs.number(), "x", 1) == 1);
    CHECK(stream.wait(others, Deadline::after(10s)).value() == io::Woken::other);
    CHECK_FALSE(others[0].is_ready);
    CHECK(others[1].is_ready);

    SECTION("octets") { REQUIRE(::write(peer.theirs.number(), "x", 1) == 1); }
    SECTION("the peer's end") { peer.theirs = Fd{}; }
    CHECK(stream.wait(others, Deadline::after(0s)).value() == io::Woken::peer);
    CHECK(others[1].is_ready);
    std::array<char, 10> buffer;
    CHECK(stream.read(buffer, Deadline::after(1s)).has_value());
}

TEST_CASE("A wait ends in time, whatever signals come", "[io]") {
    const Pair peer{Kind::sockets};
    struct sigaction action {}, before {};
    action.sa_handler = nothing;
    ::sigaction(SIGALRM, &action, &before);
    const itimerval often{{0, 10'000}, {0, 10'000}}, never{};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    FdStream stream{peer.ours.number(), -1};
    const auto start = std::chrono::steady_clock::now();
    const auto woken = stream.wait({}, Deadline::after(100ms));
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(woken.value() == io::Woken::deadline);
    CHECK(since(start) >= 100ms);
    CHECK(since(start) < 2s);
}

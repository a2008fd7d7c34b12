// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "mta/submission/session_relay.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

struct Pair {
    Fd ours, theirs;
};
Pair make_pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    return {Fd{ends[0]}, Fd{ends[1]}};
}
Pair make_pipe() {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    return {Fd{ends[0]}, Fd{ends[1]}};  // reading, writing
}

std::string read_all(const Fd& fd) {
    std::string all;
    char piece[4096];
    for (ssize_t n = 0; (n = ::read(fd.number(), piece, sizeof piece)) > 0;) all.append(piece, static_cast<std::size_t>(n));
    return all;
}
void write_all_of(const Fd& fd, std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(fd.number(), text.data(), text.size());
        if (n <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace

TEST_CASE("Everything goes both ways, more than any buffer holds", "[mta][sendmail]") {
    auto server = make_pair();
    auto in = make_pipe();
    auto out = make_pipe();
    const std::string commands(1'000'000, 'c');
    const std::string replies(2'000'000, 'r');
    std::string heard, answered;
    std::thread client{[&] {
        write_all_of(in.theirs, commands);
        in.theirs = Fd{};
    }};
    std::thread reader{[&] { answered = read_all(out.ours); }};
    std::thread smtpd{[&] {
        write_all_of(server.theirs, replies);  // before it hears anything
        heard = read_all(server.theirs);
        server.theirs = Fd{};
    }};
    const auto done = relay_session(server.ours, in.ours.number(), out.theirs.number());
    out.theirs = Fd{};
    client.join();
    reader.join();
    smtpd.join();
    CHECK(done);
    CHECK(heard == commands);
    CHECK(answered == replies);
}

TEST_CASE("It ends with the server, whatever the client still says", "[mta][sendmail]") {
    auto server = make_pair();
    auto in = make_pipe();
    auto out = make_pipe();
    write_all_of(in.theirs, "HELO\r\n");
    write_all_of(server.theirs, "421 bye\r\n");
    server.theirs = Fd{};
    CHECK(relay_session(server.ours, in.ours.number(), out.theirs.number()));
    out.theirs = Fd{};
    CHECK(read_all(out.ours) == "421 bye\r\n");
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/socket.h>

#include <vector>

#include "io/descriptors.hpp"
#include "net/children.hpp"

using namespace mailpipe::net;
using Verdict = Children::Verdict;

TEST_CASE("Children are counted in all and per client", "[net]") {
    const Limits limits{3, 2};
    const auto a = parse_ip("192.0.2.1").value();
    const auto b = parse_ip("192.0.2.2").value();
    Children children;
    CHECK(children.admits(a, limits) == Verdict::welcome);
    children.started(1, a);
    CHECK(children.admits(a, limits) == Verdict::welcome);
    children.started(2, a);
    CHECK(children.admits(a, limits) == Verdict::too_many_of_client);
    CHECK(children.admits(b, limits) == Verdict::welcome);
    CHECK(children.admits(std::nullopt, limits) == Verdict::welcome);
    children.started(3, std::nullopt);
    CHECK(children.admits(b, limits) == Verdict::too_many);
    CHECK(children.admits(std::nullopt, limits) == Verdict::too_many);
    children.ended(4);  // not ours
    CHECK(children.processes() == 3);
    children.ended(1);
    CHECK(children.admits(a, limits) == Verdict::welcome);
    children.ended(2);
    children.ended(3);
    CHECK(children.processes() == 0);
}

namespace {
struct Line {
    Line() {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
        parents = mailpipe::Fd{ends[0]};
        childs = mailpipe::Fd{ends[1]};
        number = ends[0];
    }
    void is_free() const { REQUIRE(::send(childs.number(), "f", 1, MSG_NOSIGNAL) == 1); }
    bool is_closed() const {
        char c = 0;
        return ::recv(childs.number(), &c, 1, MSG_DONTWAIT) == 0;
    }
    mailpipe::Fd parents, childs;
    int number;
};
}  // namespace

TEST_CASE("A connection goes to a child that has said it waits", "[net]") {
    const auto client = parse_ip("192.0.2.1").value();
    Line line;
    Children children;
    children.started(1, client, std::move(line.parents));
    CHECK_FALSE(children.hand_over(0, client));
    children.hear(line.number);  // nothing was said
    CHECK(children.connections() == 1);
    line.is_free();
    children.hear(line.number);
    CHECK(children.connections() == 0);
    CHECK(children.any_waits());
    CHECK(children.hand_over(0, client));
    CHECK(children.connections() == 1);
    std::deque<mailpipe::Fd> passed;
    char note = 0;
    CHECK(mailpipe::io::receive_descriptors(line.childs.number(), {&note, 1}, passed) == 1);
    CHECK(passed.size() == 1);
    CHECK_FALSE(children.hand_over(0, client));
}

TEST_CASE("Children are let go: when told, when their knowledge is old, when enough of them wait", "[net]") {
    Children children;
    std::vector<Line> lines(33);
    for (int n = 0; auto& line : lines) children.started(++n, std::nullopt, std::move(line.parents));
    SECTION("when told") {
        lines[0].is_free();
        children.hear(lines[0].number);
        children.dismiss_waiting();
        CHECK(lines[0].is_closed());
        CHECK_FALSE(lines[1].is_closed());
    }
    SECTION("when their knowledge is old") {
        children.retire_all();
        CHECK_FALSE(lines[0].is_closed());
        lines[0].is_free();
        children.hear(lines[0].number);
        CHECK(lines[0].is_closed());
    }
    SECTION("when 32 wait") {
        for (const auto& line : lines) line.is_free();
        for (const auto& line : lines) children.hear(line.number);
        CHECK_FALSE(lines[31].is_closed());
        CHECK(lines[32].is_closed());
    }
    CHECK(children.processes() == 33);
}

TEST_CASE("A child that has died gets no connection", "[net]") {
    Line line;
    Children children;
    children.started(1, std::nullopt, std::move(line.parents));
    line.is_free();
    children.hear(line.number);
    line.childs = mailpipe::Fd{};
    CHECK_FALSE(children.hand_over(0, std::nullopt));
    CHECK_FALSE(children.any_waits());
}

TEST_CASE("Addresses of one IPv6 /64 are one client", "[net]") {
    Children children;
    children.started(1, parse_ip("2001:db8::1").value());
    CHECK(children.admits(parse_ip("2001:db8::2").value(), {9, 1}) == Verdict::too_many_of_client);
    CHECK(children.admits(parse_ip("2001:db8:0:1::2").value(), {9, 1}) == Verdict::welcome);
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <deque>

#include "io/descriptors.hpp"
#include "mta/outbound/lmtp_channel.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using mta::LmtpChannel;
using test::envelope_to;
using test::mailbox;

namespace {

/// The other end of the conversation: its replies are there before they are asked for.
struct Station {
    Fd ours;
    Fd theirs;

    explicit Station(std::string_view replies) {
        int pair[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
        ours = Fd{pair[0]};
        theirs = Fd{pair[1]};
        REQUIRE(write_all(theirs, replies));
        ::shutdown(theirs.number(), SHUT_WR);
        ::fcntl(theirs.number(), F_SETFL, O_NONBLOCK);
    }

    /// All that the client has sent, and the descriptors that came along.
    std::string heard(std::deque<Fd>& descriptors) {
        std::string text;
        std::array<char, 65536> buffer;
        for (ssize_t n; (n = io::receive_descriptors(theirs.number(), buffer, descriptors)) > 0;) {
            text.append(buffer.data(), static_cast<std::size_t>(n));
        }
        return text;
    }
    std::string heard() {
        std::deque<Fd> none;
        return heard(none);
    }
};

constexpr std::string_view greeting = "220 x\r\n250-x\r\n250-PIPELINING\r\n250-SIZE\r\n250-XID\r\n250 XLINK\r\n";

}  // namespace

TEST_CASE("A file is handed over with its commands in one message", "[mta]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@here.example"}, ""));
    Station station{std::string{greeting} + "250 2.0.0 ok\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.0.0 stored\r\n"};
    auto channel = LmtpChannel::open(std::move(station.ours), "mx.here.example").value();
    REQUIRE(channel->can_link());
    REQUIRE(channel->send_link(message, "name"));
    CHECK(channel->read_link_reply().value().text == "stored");

    std::deque<Fd> descriptors;
    const auto size = std::to_string(message.name().wire_octets);
    CHECK(station.heard(descriptors) ==
          "LHLO mx.here.example\r\nRSET\r\nMAIL FROM:<> SIZE=" + size + "\r\nRCPT TO:<bob@here.example>\r\nXLINK name\r\n");
    REQUIRE(descriptors.size() == 1);
    CHECK(status(descriptors[0]).value().st_ino == status(message.file()).value().st_ino);
}

TEST_CASE("Of four replies to a link the first refusal counts", "[mta]") {
    struct Case { std::string_view replies; int code; };
    const auto c = GENERATE(values<Case>({
        {"250 ok\r\n452 4.3.1 disk\r\n503 5.5.1 MAIL first\r\n503 5.5.1 MAIL first\r\n", 452},
        {"250 ok\r\n250 ok\r\n550 5.1.1 no\r\n503 5.5.1 RCPT first\r\n", 550},
        {"250 ok\r\n250 ok\r\n250 ok\r\n451 4.3.0 later\r\n", 451},
    }));
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@here.example"}));
    Station station{std::string{greeting} + std::string{c.replies}};
    auto channel = LmtpChannel::open(std::move(station.ours), "mx.here.example").value();
    REQUIRE(channel->send_link(message, "name"));
    CHECK(channel->read_link_reply().value().code == c.code);
}

TEST_CASE("A station that breaks off leaves a temporary failure", "[mta]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@here.example"}));
    const auto* replies = GENERATE("250 ok\r\n250 ok\r\n",                                 // and no more
                                   "250 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n",         // 3yz is no end
                                   "250 ok\r\n354 go on\r\n250 ok\r\n250 ok\r\n");
    CAPTURE(replies);
    Station station{std::string{greeting} + replies};
    auto channel = LmtpChannel::open(std::move(station.ours), "mx.here.example").value();
    REQUIRE(channel->send_link(message, "name"));
    CHECK(channel->read_link_reply().error().fault == Fault::transient);
    CHECK(LmtpChannel::open(std::move(Station{"421 4.3.2 closing\r\n"}.ours), "x").error().fault == Fault::transient);
    CHECK(LmtpChannel::open(std::move(Station{"hello\r\n"}.ours), "x").error().fault == Fault::transient);
}

TEST_CASE("A message goes without its envelope, a reply for each recipient comes back", "[mta][rfc2033-4.2]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"a@here.example", "b@here.example"}), "Received: x\n\n.dot\n");
    Station station{std::string{greeting} + "250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go\r\n250 2.0.0 stored\r\n"};
    auto channel = LmtpChannel::open(std::move(station.ours), "mx.here.example").value();
    const auto replies = channel->deliver(message, {mailbox("a@here.example"), mailbox("b@here.example")});
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].text == "stored");
    CHECK(replies[1].code == 550);
    CHECK_FALSE(channel->is_broken());
    const auto heard = station.heard();
    CHECK_THAT(heard, Catch::Matchers::Contains("XID=" + message.name().id));
    CHECK_THAT(heard, Catch::Matchers::EndsWith("DATA\r\nReceived: x\r\n\r\n..dot\r\n.\r\n"));
}

TEST_CASE("Replies that don't come are temporary failures, and the channel is broken", "[mta]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"a@here.example", "b@here.example"}));
    Station station{std::string{greeting} + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 stored\r\n"};
    auto channel = LmtpChannel::open(std::move(station.ours), "mx.here.example").value();
    const auto replies = channel->deliver(message, {mailbox("a@here.example"), mailbox("b@here.example")});
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].code == 250);
    CHECK(replies[1].code == 451);
    CHECK(channel->is_broken());
}

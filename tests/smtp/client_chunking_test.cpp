// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "smtp/client.hpp"
#include "smtp/in_turn_stream.hpp"
#include "support/smtp_server.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

const mail::Envelope one{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}}};
const mail::Envelope two{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}, {{"e", "f"}}}};
const std::string both_offered = "220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n";
const std::string chunking_offered = "220 mx\r\n250-mx\r\n250 CHUNKING\r\n";

/// Against a server that gives `replies` in their order: test::InTurnStream.
struct Talk {
    explicit Talk(std::string replies, Protocol protocol = Protocol::smtp)
        : stream(std::move(replies)), channel(stream), session(channel, protocol, "me.example") {
        session.watch_turns();
        REQUIRE(session.greet());
        stream.output.clear();
        stream.writes = 0;
    }

    /// The codes that recipients got, and how the connection is. `octets`: what the message is said to have.
    std::string send(const mail::Envelope& envelope, std::string_view text, std::uint64_t octets, Refused refused = Refused::alone) {
        sent = session.send({.envelope = envelope,
                             .text = [text](const io::TextSink& write) { return write(text); },
                             .wire_octets = octets,
                             .refused = refused});
        (void)channel.flush();
        std::string list;
        for (const auto& reply : sent.replies) list += reply ? std::to_string(reply->code) + " " : "- ";
        return list + (sent.broken ? "broken" : "ok");
    }
    std::string send(const mail::Envelope& envelope) { return send(envelope, "hello\n.world", 14); }

    test::InTurnStream stream;
    io::Channel channel;
    ClientSession session;
    Sent sent{};
};

const std::string to_rcpt = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";
const std::string hello = "BDAT 15 LAST\r\nhello\r\n.world\r\n";

/// As many octets as `text` has in its chunks, joined; and their sizes.
std::pair<std::string, std::string> chunks(std::string_view output) {
    std::pair<std::string, std::string> all;
    for (auto at = output.find("BDAT "); at != output.npos;) {
        const auto end = output.find("\r\n", at);
        const auto size = std::stoul(std::string{output.substr(at + 5)});
        all.first += output.substr(end + 2, size);
        all.second += std::string{output.substr(at + 5, end - at - 5)} + ";";
        at = end + 2 + size < output.size() && output.substr(end + 2 + size).starts_with("BDAT ") ? end + 2 + size : output.npos;
    }
    return all;
}

}  // namespace

TEST_CASE("A small message goes out whole in one piece", "[smtp][client][rfc3030-2][rfc2920-3.1]") {
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 taken\r\n"};
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output == to_rcpt + hello);
    CHECK(talk.stream.writes == 1);
}

TEST_CASE("Without PIPELINING a message that fits into a chunk saves a round trip", "[smtp][client][rfc3030-2]") {
    Talk talk{chunking_offered + "250 m\r\n250 r\r\n250 taken\r\n"};
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output == to_rcpt + hello);
    CHECK(talk.stream.writes == 3);
    Talk large{chunking_offered + "250 m\r\n250 r\r\n354 go\r\n250 taken\r\n"};
    CHECK(large.send(one, "x\n", 65537) == "250 ok");
    CHECK(large.stream.output == to_rcpt + "DATA\r\nx\r\n.\r\n");
    Talk fits{chunking_offered + "250 m\r\n250 r\r\n250 taken\r\n"};
    CHECK(fits.send(one, "x\n", 65536) == "250 ok");
    CHECK(fits.stream.output == to_rcpt + "BDAT 3 LAST\r\nx\r\n");
}

TEST_CASE("An empty text is a chunk, too", "[smtp][client][rfc3030-2]") {
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 taken\r\n"};
    CHECK(talk.send(one, "", 0) == "250 ok");
    CHECK(talk.stream.output == to_rcpt + "BDAT 0 LAST\r\n");
}

TEST_CASE("What became of a message that went along with its commands", "[smtp][client][rfc3030-2]") {
    struct Case { std::string_view replies, outcome; bool may_have_it; };
    const auto c = GENERATE(values<Case>({
        {"250 m\r\n250 r\r\n250 r\r\n250 t\r\n", "250 250 ok", true},
        {"250 m\r\n250 r\r\n550 r\r\n250 t\r\n", "250 550 ok", true},
        {"250 m\r\n450 r\r\n250 r\r\n552 t\r\n", "450 552 ok", true},
        {"550 m\r\n503 r\r\n503 r\r\n503 t\r\n", "550 550 ok", false},
        {"250 m\r\n550 r\r\n450 r\r\n503 t\r\n", "550 450 ok", false},
        {"250 m\r\n550 r\r\n450 r\r\n554 t\r\n", "550 450 ok", false},
        {"250 m\r\n250 r\r\n250 r\r\n500 t\r\n", "- - broken", true},   // BDAT is not known: not the message's fault
        {"250 m\r\n250 r\r\n250 r\r\n502 t\r\n", "- - broken", true},
        {"250 m\r\n250 r\r\n250 r\r\n503 t\r\n", "- - broken", true},
        {"250 m\r\n550 r\r\n550 r\r\n500 t\r\n", "550 550 broken", false},  // and the text was taken for commands
        {"250 m\r\n250 r\r\n250 r\r\n354 t\r\n", "- - broken", true},
        {"354 m\r\n250 r\r\n250 r\r\n503 t\r\n", "451 451 broken", true},  // who knows what it makes of the text?
        {"250 m\r\n334 r\r\n250 r\r\n250 t\r\n", "451 - broken", true},
        {"250 m\r\n550 r\r\n334 r\r\n250 t\r\n", "550 451 broken", true},
        {"421 m\r\n", "421 421 broken", false},
        {"250 m\r\n250 r\r\n421 r\r\n", "- 421 broken", true},
        {"250 m\r\n250 r\r\n550 r\r\n", "- 550 broken", true},
        {"250 m\r\n550 r\r\n550 r\r\n", "550 550 broken", false},
        {"250 m\r\n250 r\r\n550 r\r\n421 bye\r\n", "421 550 broken", true},
        {"", "- - broken", true},
    }));
    CAPTURE(c.replies);
    Talk talk{both_offered + std::string(c.replies)};
    CHECK(talk.send(two) == c.outcome);
    CHECK(talk.sent.text_began == c.may_have_it);
}

TEST_CASE("A peer that does not know the BDAT it offers is told apart, and gets DATA where that is asked for", "[smtp][client]") {
    Talk talk{both_offered + "250 m\r\n250 r\r\n500 5.5.2 what?\r\n"};
    CHECK(talk.send(one) == "- broken");
    CHECK(talk.sent.knows_no_bdat);
    CHECK(talk.sent.broken->what == "peer offers CHUNKING and does not know BDAT: 500 5.5.2 what?");
    Talk again{both_offered + "250 m\r\n250 r\r\n354 go\r\n250 taken\r\n"};
    again.session.use_chunking(Chunking::never);
    CHECK(again.send(one) == "250 ok");
    CHECK_FALSE(again.sent.knows_no_bdat);
    CHECK(again.stream.output.ends_with("DATA\r\nhello\r\n..world\r\n.\r\n"));
}

TEST_CASE("A reply too many puts a peer out of step: what confirms the text may belong to a command", "[smtp][client][rfc2920-3.2][rfc3030-2]") {
    struct Case { std::string_view replies, outcome; };
    const auto c = GENERATE(values<Case>({
        {"250 m\r\n250 r\r\n+250 r\r\n+250 r\r\n+554 t\r\n", "- - broken"},
        {"250 m\r\n+250 m\r\n+250 r\r\n+250 r\r\n+554 t\r\n", "- - broken"},
        {"250 m\r\n+250 m\r\n+550 r\r\n+250 r\r\n+250 t\r\n", "- - broken"},  // who was refused?
        {"250 m\r\n250 r\r\n250 r\r\n250 t\r\n+250 u\r\n", "- - broken"},
        {"250 m\r\n250 r\r\n250 r\r\n250 t\r\n+421 bye\r\n", "250 250 ok"},  // a farewell
        {"250 m\r\n250 r\r\n250 r\r\n250 r\r\n+421 bye\r\n", "- - broken"},  // or what it says of the text
        {"250 m\r\n250 r\r\n250 r\r\n250 r\r\n+221 bye\r\n", "250 250 ok"},
        {"250 m\r\n250 r\r\n250 r\r\n554 t\r\n+421 bye\r\n", "554 554 ok"},  // nobody is said to have it
        {"250 m\r\n250 r\r\n550 r\r\n250 t\r\n", "250 550 ok"},  // and closes
    }));
    CAPTURE(c.replies);
    Talk talk{both_offered + std::string{c.replies}};
    CHECK(talk.send(two) == c.outcome);
    CHECK(talk.sent.text_began);
    if (talk.sent.broken) CHECK(talk.sent.broken->what == "peer is out of step: it says more than it was asked");
    if (talk.sent.broken) CHECK(talk.sent.open == ClientCommand::mail_data);
}

TEST_CASE("A peer that is out of step before the text gets none", "[smtp][client][rfc3030-2]") {
    const auto protocol = GENERATE(Protocol::smtp, Protocol::lmtp);
    const std::string text(200'000, 'x');
    Talk talk{both_offered + "250 m\r\n250 r\r\n+250 r\r\n250 1\r\n250 2\r\n250 3\r\n554 t\r\n", protocol};
    CHECK(talk.send(one, text, text.size()) == "- broken");
    CHECK(talk.sent.broken->what == "peer is out of step: it says more than it was asked");
    CHECK_FALSE(talk.sent.text_began);
    CHECK(talk.stream.output == to_rcpt);
}

TEST_CASE("A reply too many among those to chunks is noticed at their end", "[smtp][client][rfc3030-2]") {
    const std::string text(200'000, 'x');
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 1\r\n+250 1\r\n250 2\r\n250 3\r\n+554 t\r\n"};
    CHECK(talk.send(one, text, text.size()) == "- broken");
}

TEST_CASE("A refused chunk is followed by RSET", "[smtp][client][rfc3030-2]") {
    Talk talk{both_offered + "250 m\r\n250 r\r\n552 full\r\n250 reset\r\n250 m\r\n250 r\r\n250 t\r\n250 m\r\n250 r\r\n250 t\r\n"};
    CHECK(talk.send(one) == "552 ok");
    talk.stream.output.clear();
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output == "RSET\r\n" + to_rcpt + hello);
    talk.stream.output.clear();
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output == to_rcpt + hello);
    CHECK(talk.stream.writes == 3);
}

TEST_CASE("A large text waits for the recipients and goes out in chunks", "[smtp][client][rfc3030-2]") {
    std::string text;
    while (text.size() < 300'000) text += ".line " + std::to_string(text.size()) + "\n";
    const auto wire = text.size() + static_cast<std::size_t>(std::ranges::count(text, '\n'));
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 1\r\n250 2\r\n250 3\r\n250 4\r\n250 5\r\n250 taken\r\n"};
    CHECK(talk.send(one, text, wire) == "250 ok");
    CHECK(talk.stream.output.starts_with(to_rcpt + "BDAT 65"));
    const auto [joined, sizes] = chunks(talk.stream.output);
    CHECK(joined.size() == wire);
    CHECK(sizes.ends_with(" LAST;"));
    const auto count = static_cast<long>(wire / (OutgoingChunk::max_octets - 1)) + 1;
    CHECK(std::ranges::count(sizes, ';') == count);
    CHECK(talk.stream.writes == 1 + static_cast<std::size_t>(count));

    Talk nobody{both_offered + "250 m\r\n550 r\r\n"};
    CHECK(nobody.send(one, text, wire) == "550 ok");
    CHECK(nobody.stream.output == to_rcpt);
}

TEST_CASE("A large text that the peer refuses is not sent to its end", "[smtp][client][rfc3030-2]") {
    const std::string text(3'000'000, 'x');
    std::string replies;
    for (int i = 0; i < 16; ++i) replies += "503 5.5.1 no more\r\n";
    Talk talk{both_offered + "250 m\r\n250 r\r\n452 4.3.1 full\r\n" + replies + "250 reset\r\n250 m\r\n250 r\r\n250 t\r\n"};
    CHECK(talk.send(one, text, text.size()) == "452 ok");
    CHECK_FALSE(talk.sent.knows_no_bdat);
    const auto sizes = chunks(talk.stream.output).second;
    CHECK(std::ranges::count(sizes, ';') == 17);  // one more than may be open
    CHECK(sizes.find("LAST") == std::string::npos);
    talk.stream.output.clear();
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output.starts_with("RSET\r\nMAIL"));
}

TEST_CASE("A text that is larger than was said goes on in chunks when somebody is accepted", "[smtp][client]") {
    const std::string text(100'000, 'x');
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 1\r\n250 2\r\n250 3\r\n"};
    CHECK(talk.send(one, text, 100) == "250 ok");
    CHECK(chunks(talk.stream.output).first == text + "\r\n");
    Talk nobody{both_offered + "250 m\r\n550 r\r\n"};
    CHECK(nobody.send(one, text, 100) == "550 ok");
    CHECK(nobody.stream.output == to_rcpt);
}

TEST_CASE("Half a message never looks whole in chunks either", "[smtp][client]") {
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 t\r\n"};
    const auto sent = talk.session.send({one, [](const io::TextSink& write) -> Result<void> {
        REQUIRE(write(std::string(100'000, 'x')));
        return failure({Fault::transient, "read the message: broken"});
    }});
    (void)talk.channel.flush();
    CHECK(sent.broken->what == "read the message: broken");
    CHECK(talk.stream.output.find("LAST") == std::string::npos);
}

TEST_CASE("Where all or nobody is to get it the text waits", "[smtp][client]") {
    Talk all{both_offered + "250 m\r\n250 r\r\n250 r\r\n250 t\r\n"};
    CHECK(all.send(two, "x\n", 3, Refused::with_the_rest) == "250 250 ok");
    CHECK(all.stream.writes == 2);
    Talk not_all{both_offered + "250 m\r\n250 r\r\n550 r\r\n"};
    CHECK(not_all.send(two, "x\n", 3, Refused::with_the_rest) == "- 550 ok");
    CHECK(not_all.stream.output.find("BDAT") == std::string::npos);
}

TEST_CASE("LMTP answers a last chunk for each recipient who was taken", "[smtp][client][rfc2033-4.3]") {
    struct Case { std::string_view replies, outcome; };
    const auto c = GENERATE(values<Case>({
        {"250 m\r\n250 r\r\n250 r\r\n250 t\r\n452 t\r\n", "250 452 ok"},
        {"250 m\r\n250 r\r\n550 r\r\n250 t\r\n", "250 550 ok"},
        {"250 m\r\n250 r\r\n250 r\r\n250 t\r\n", "250 - broken"},
    }));
    CAPTURE(c.replies);
    Talk talk{both_offered + std::string{c.replies} + (c.outcome.ends_with("ok") ? "250 m\r\n250 r\r\n250 t\r\n" : ""), Protocol::lmtp};
    CHECK(talk.send(two) == c.outcome);
    if (c.outcome.ends_with("ok")) CHECK(talk.send(one) == "250 ok");  // what is said is still understood
}

TEST_CASE("LMTP gets no last chunk for nobody: who knows what it answers?", "[smtp][client][rfc2033-4.3]") {
    const std::string refused = GENERATE("250 m\r\n550 r\r\n550 r\r\n", "550 m\r\n503 r\r\n503 r\r\n");
    Talk talk{both_offered + refused + "250 reset\r\n250 m\r\n250 r\r\n250 t\r\n", Protocol::lmtp};
    CHECK(talk.send(two) == "550 550 ok");
    CHECK(talk.stream.output == to_rcpt + "RCPT TO:<e@f>\r\n");
    CHECK_FALSE(talk.sent.text_began);
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output.ends_with("RSET\r\n" + to_rcpt + hello));
}

TEST_CASE("LMTP gets a small message in two pieces, the text when somebody is taken", "[smtp][client][rfc2033-4.3]") {
    Talk talk{both_offered + "250 m\r\n250 r\r\n250 t\r\n", Protocol::lmtp};
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output == to_rcpt + hello);
    CHECK(talk.stream.writes == 2);
}

TEST_CASE("What our server makes of it is what was sent", "[smtp][client][rfc3030-2]") {
    const auto* text = GENERATE("", "hello\n.world\n", "a\r.\rb", "\n\n.\n", "no end");
    Talk talk{both_offered};
    (void)talk.send(one, text, 100);
    test::SmtpServer server;
    CHECK(server.codes("EHLO c\r\n" + talk.stream.output + "QUIT\r\n") == "250 250 250 250 221");
    REQUIRE(server.mailroom.messages.size() == 1);
    Talk by_data{"220 mx\r\n250-mx\r\n250 PIPELINING\r\n250 m\r\n250 r\r\n354 d\r\n250 t\r\n"};
    (void)by_data.send(one, text, 100);
    test::SmtpServer other;
    CHECK(other.codes("EHLO c\r\n" + by_data.stream.output + "QUIT\r\n") == "250 250 250 354 250 221");
    CHECK(other.mailroom.messages.at(0).text == server.mailroom.messages[0].text);
}

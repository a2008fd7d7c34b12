// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "base/fd.hpp"
#include "io/fd_stream.hpp"
#include "smtp/client.hpp"
#include "smtp/in_turn_stream.hpp"
#include "smtp/read_reply.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

const mail::Envelope one{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}}};
const mail::Envelope two{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}, {{"e", "f"}}}};

Result<void> hello_world(const io::TextSink& write) { return write("hello\n.world"); }

/// Against a server that gives `replies` in their order: test::InTurnStream.
struct Talk {
    explicit Talk(std::string replies, Protocol protocol = Protocol::smtp)
        : stream(std::move(replies)), channel(stream), session(channel, protocol, "me.example") {
        session.watch_turns();
    }

    std::string codes(const Sent& sent) {
        std::string list;
        for (const auto& reply : sent.replies) list += reply ? std::to_string(reply->code) + " " : "- ";
        return list + (sent.broken ? "broken" : "ok");
    }
    std::string send(const mail::Envelope& envelope) {
        const auto sent = session.send({envelope, hello_world});
        (void)channel.flush();
        return codes(sent);
    }

    test::InTurnStream stream;
    io::Channel channel;
    ClientSession session;
};

/// "RCPT; mail data; / -": what each recipient's reply answers, and behind the slash what was open when it broke.
std::string answered(const Sent& sent) {
    std::string list;
    for (const auto& command : sent.answered) list.append(command ? to_string(*command) : "-").append("; ");
    return list.append("/ ").append(sent.open ? to_string(*sent.open) : "-");
}

const std::string plain = "220 mx\r\n250 mx\r\n";
const std::string pipelining = "220 mx\r\n250-mx\r\n250 PIPELINING\r\n";

}  // namespace

TEST_CASE("A message goes out command by command", "[smtp][client][rfc5321-3.3]") {
    Talk talk{plain + "250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 taken\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.output == "EHLO me.example\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhello\r\n..world\r\n.\r\n");
    CHECK(talk.stream.writes == 5);
}

TEST_CASE("With PIPELINING it goes out in two pieces", "[smtp][client][rfc2920-3.1]") {
    Talk talk{pipelining + "250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 taken\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.stream.writes == 3);
}

TEST_CASE("Refusals reach those whom they concern", "[smtp][client][rfc5321-3.3]") {
    struct Case { std::string_view replies, outcome; };
    const auto c = GENERATE(values<Case>({
        {"250 m\r\n250 r\r\n550 r\r\n354 d\r\n250 t\r\n", "250 550 ok"},
        {"250 m\r\n450 r\r\n250 r\r\n354 d\r\n554 t\r\n", "450 554 ok"},
        {"250 m\r\n250 r\r\n251 r\r\n451 d\r\n", "451 451 ok"},
        {"550 m\r\n503 r\r\n503 r\r\n503 d\r\n", "550 550 ok"},
        {"250 m\r\n550 r\r\n450 r\r\n503 d\r\n", "550 450 ok"},
        {"250 m\r\n550 r\r\n450 r\r\n354 d\r\n554 nobody\r\n", "550 450 ok"},
        {"250 m\r\n250 r\r\n550 r\r\n250 d\r\n", "- 550 broken"},
        {"354 m\r\n250 r\r\n250 r\r\n503 d\r\n", "451 451 broken"},  // 3yz completes nothing
        {"250 m\r\n354 r\r\n250 r\r\n354 d\r\n250 t\r\n", "451 - broken"},
        {"250 m\r\n250 r\r\n334 r\r\n354 d\r\n250 t\r\n", "- 451 broken"},
        {"250 m\r\n250 r\r\n250 r\r\n354 d\r\n354 t\r\n", "451 451 broken"},
        {"421 m\r\n", "421 421 broken"},
        {"250 m\r\n250 r\r\n421 r\r\n", "- 421 broken"},
        {"250 m\r\n250 r\r\n550 r\r\n354 d\r\n", "- 550 broken"},
        {"250 m\r\n250 r\r\n550 r\r\n354 d\r\n421 bye\r\n", "421 550 broken"},
        {"", "- - broken"},
    }));
    CAPTURE(c.replies);
    Talk talk{pipelining + std::string(c.replies)};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(two) == c.outcome);
}

TEST_CASE("It is known which command a reply answers, and which one is open", "[smtp][client][rfc5321-3.3]") {
    struct Case { std::string_view offered, replies, commands; };
    constexpr auto data = "250 PIPELINING", chunks = "250-PIPELINING\r\n250 CHUNKING", one_by_one = "250 DSN";
    const auto c = GENERATE_COPY(values<Case>({
        {data, "250 m\r\n250 r\r\n550 r\r\n354 d\r\n250 t\r\n", "mail data; RCPT; / -"},
        {data, "250 m\r\n450 r\r\n250 r\r\n354 d\r\n554 t\r\n", "RCPT; mail data; / -"},
        {data, "250 m\r\n250 r\r\n251 r\r\n451 d\r\n", "DATA; DATA; / -"},
        {data, "550 m\r\n503 r\r\n503 r\r\n503 d\r\n", "MAIL; MAIL; / -"},
        {data, "250 m\r\n550 r\r\n450 r\r\n354 d\r\n554 nobody\r\n", "RCPT; RCPT; / -"},
        {data, "250 m\r\n250 r\r\n550 r\r\n250 d\r\n", "-; RCPT; / DATA"},
        {data, "250 m\r\n250 r\r\n550 r\r\n354 d\r\n", "-; RCPT; / mail data"},
        {data, "250 m\r\n250 r\r\n", "-; -; / RCPT"},
        {data, "", "-; -; / MAIL"},
        {one_by_one, "250 m\r\n250 r\r\n550 r\r\n", "-; RCPT; / DATA"},
        {chunks, "250 m\r\n250 r\r\n550 r\r\n552 t\r\n", "mail data; RCPT; / -"},
        {chunks, "250 m\r\n250 r\r\n250 r\r\n", "-; -; / mail data"},
        {chunks, "250 m\r\n250 r\r\n550 r\r\n500 what?\r\n", "-; RCPT; / mail data"},
        {chunks, "550 m\r\n503 r\r\n503 r\r\n503 t\r\n", "MAIL; MAIL; / -"},
    }));
    CAPTURE(c.offered, c.replies);
    Talk talk{"220 mx\r\n250-mx\r\n" + std::string{c.offered} + "\r\n" + std::string{c.replies}};
    REQUIRE(talk.session.greet());
    CHECK(answered(talk.session.send({two, hello_world, 14})) == c.commands);
}

TEST_CASE("All get a message or nobody does, where that is asked for", "[smtp][client][rfc2920-3.1]") {
    struct Case { std::string_view replies, outcome, end; };
    const auto c = GENERATE(values<Case>({
        {"250 m\r\n250 r\r\n250 r\r\n354 d\r\n250 t\r\n", "250 250 ok", "RCPT TO:<e@f>\r\nDATA\r\nhello\r\n..world\r\n.\r\n"},
        {"250 m\r\n250 r\r\n550 r\r\n", "- 550 ok", "RCPT TO:<e@f>\r\n"},
        {"250 m\r\n450 r\r\n250 r\r\n", "450 - ok", "RCPT TO:<e@f>\r\n"},
        {"250 m\r\n250 r\r\n250 r\r\n451 d\r\n", "451 451 ok", "DATA\r\n"},
        {"550 m\r\n503 r\r\n503 r\r\n", "550 550 ok", "RCPT TO:<e@f>\r\n"},
    }));
    CAPTURE(c.replies);
    Talk talk{pipelining + std::string(c.replies)};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({.envelope = two, .text = hello_world, .refused = Refused::with_the_rest});
    (void)talk.channel.flush();
    CHECK(talk.codes(sent) == c.outcome);
    CHECK(talk.stream.output.ends_with(c.end));
}

TEST_CASE("Nothing is sent for nobody but the dot that a peer insists on", "[smtp][client][rfc2920-3.1]") {
    Talk talk{pipelining + "250 m\r\n550 r\r\n354 d\r\n554 nobody\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(one) == "550 ok");
    CHECK(talk.stream.output.ends_with("DATA\r\n.\r\n"));
}

TEST_CASE("Without a sender that was accepted only the dot is sent, whatever else the peer takes", "[smtp][client][rfc2920-3.1]") {
    const auto* to_mail = GENERATE("421 m\r\n", "450 m\r\n", "550 m\r\n");
    Talk talk{pipelining + to_mail + "250 r\r\n354 d\r\n250 taken\r\n"};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({one, hello_world});
    (void)talk.channel.flush();
    CHECK_FALSE(sent.replies[0]->is_positive());
    CHECK(talk.stream.output.ends_with("DATA\r\n.\r\n"));
}

TEST_CASE("A peer that leaves a command open gets no text, and not even a dot", "[smtp][client][rfc5321-4.2.1]") {
    const std::string replies = GENERATE("354 m\r\n250 r\r\n", "250 m\r\n334 r\r\n");
    const bool pipelines = GENERATE(true, false);
    Talk talk{(pipelines ? pipelining : plain) + replies + "354 d\r\n250 taken\r\n"};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({one, hello_world});
    (void)talk.channel.flush();
    CHECK(talk.codes(sent) == "451 broken");
    CHECK(sent.broken->what.starts_with("peer leaves a command open: 3"));
    CHECK_FALSE(sent.text_began);
    CHECK(talk.stream.output.find("\r\n.\r\n") == std::string::npos);
}

TEST_CASE("What is said before the text has ended does not confirm it", "[smtp][client][rfc5321-4.3.2]") {
    struct Case { std::string_view said, outcome; };
    const auto c = GENERATE(values<Case>({
        {"250 taken\r\n", "- 550 broken"},
        {"354 go on\r\n", "- 550 broken"},
        {"nonsense\r\n", "- 550 broken"},
        {"554 5.7.1 spam\r\n", "554 550 broken"},
        {"451 4.3.0 busy\r\n", "451 550 broken"},
        {"421 4.3.2 bye\r\n", "421 550 broken"},
    }));
    const auto protocol = GENERATE(Protocol::smtp, Protocol::lmtp);
    CAPTURE(c.said);
    Talk talk{pipelining + "250 m\r\n250 r\r\n550 r\r\n354 d\r\n+" + std::string{c.said} + "250 t\r\n", protocol};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({two, hello_world});
    CHECK(talk.codes(sent) == c.outcome);
    CHECK(sent.text_began);
    CHECK_FALSE(talk.stream.output.ends_with("\r\n.\r\n"));  // so it can't have taken the message
    if (sent.replies[0]) CHECK(answered(sent).starts_with("mail data; RCPT; "));
    else CHECK(answered(sent) == "-; RCPT; / mail data");
}

TEST_CASE("A peer that closes before the text has ended has not taken it", "[smtp][client]") {
    Talk talk{pipelining + "250 m\r\n250 r\r\n354 d\r\n"};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({one, hello_world});
    CHECK(talk.codes(sent) == "- broken");
    CHECK(sent.broken->what == "peer closed the connection");
}

TEST_CASE("In lock-step no command follows a refusal that ends it", "[smtp][client]") {
    Talk refused{plain + "550 m\r\n"};
    REQUIRE(refused.session.greet());
    CHECK(refused.send(two) == "550 550 ok");
    CHECK(refused.stream.output.ends_with("MAIL FROM:<a@b>\r\n"));
    Talk nobody{plain + "250 m\r\n550 r\r\n550 r\r\n"};
    REQUIRE(nobody.session.greet());
    CHECK(nobody.send(two) == "550 550 ok");
    CHECK(nobody.stream.output.ends_with("RCPT TO:<e@f>\r\n"));
}

TEST_CASE("A RSET that gets 421 is what was answered", "[smtp][client]") {
    Talk talk{pipelining + "250 m\r\n550 r\r\n503 d\r\n421 bye\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(one) == "550 ok");
    const auto sent = talk.session.send({one, hello_world});
    CHECK(talk.codes(sent) == "421 broken");
    CHECK(answered(sent) == "RSET; / RSET");
}

TEST_CASE("What was left open is reset before the next message", "[smtp][client][rfc5321-4.1.1.5]") {
    Talk talk{pipelining + "250 m\r\n550 r\r\n503 d\r\n250 reset\r\n250 m\r\n250 r\r\n354 d\r\n250 t\r\n250 m\r\n250 r\r\n354 d\r\n250 t\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(one) == "550 ok");
    CHECK(talk.send(one) == "250 ok");
    CHECK(talk.send(one) == "250 ok");
    const auto& output = talk.stream.output;
    CHECK(output.find("RSET\r\n") == output.rfind("RSET\r\n"));
    CHECK(output.find("DATA\r\nRSET\r\nMAIL") != std::string::npos);
}

TEST_CASE("LMTP: a reply for each, and what came before a break counts", "[smtp][client][rfc2033-4.2]") {
    const std::string commands = "220 mx\r\n250-mx\r\n250 PIPELINING\r\n250 m\r\n250 r\r\n250 r\r\n354 d\r\n";
    Talk talk{commands + "250 one\r\n452 two\r\n", Protocol::lmtp};
    REQUIRE(talk.session.greet());
    CHECK(talk.send(two) == "250 452 ok");
    CHECK(talk.stream.output.starts_with("LHLO me.example\r\n"));
    Talk broken{commands + "250 one\r\n", Protocol::lmtp};
    REQUIRE(broken.session.greet());
    CHECK(broken.send(two) == "250 - broken");
}

TEST_CASE("Half a message never looks whole", "[smtp][client]") {
    Talk talk{pipelining + "250 m\r\n250 r\r\n354 d\r\n250 t\r\n"};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({one, [](const io::TextSink& write) -> Result<void> {
        REQUIRE(write("half"));
        return failure({Fault::transient, "read the message: broken"});
    }});
    CHECK(talk.codes(sent) == "- broken");
    (void)talk.channel.flush();
    CHECK(talk.stream.output.find("\r\n.\r\n") == std::string::npos);
}

TEST_CASE("Parameters go where they were offered", "[smtp][client]") {
    const mail::Envelope envelope{mail::Mailbox{"a", "b"}, "id+2B", mail::Return::headers, false, false,
                                  {{{"c", "d"}, {.success = true, .delay = true}, "rfc822;x@y"}}};
    const auto commands = [&](const std::string& offered) {
        Talk talk{"220 mx\r\n250-mx\r\n" + offered + "250 OK\r\n250 m\r\n250 r\r\n354 d\r\n250 t\r\n"};
        REQUIRE(talk.session.greet());
        const auto sent = talk.session.send({envelope, hello_world, 42, offered.find("8BITMIME") != std::string::npos, "1.M2P3Q4.h"});
        CHECK(talk.codes(sent) == "250 ok");
        const auto begin = talk.stream.output.find("MAIL");
        return talk.stream.output.substr(begin, talk.stream.output.find("DATA") - begin);
    };
    CHECK(commands("") == "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
    CHECK(commands("250-SIZE\r\n250-8BITMIME\r\n250-DSN\r\n250-XID\r\n") ==
          "MAIL FROM:<a@b> SIZE=42 BODY=8BITMIME RET=HDRS ENVID=id+2B XID=1.M2P3Q4.h\r\n"
          "RCPT TO:<c@d> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x@y\r\n");
}

TEST_CASE("What the peer can't take is not sent", "[smtp][client][rfc6531-3.5][rfc6152-3]") {
    Talk talk{"220 mx\r\n250-mx\r\n250 SIZE 10\r\n"};
    REQUIRE(talk.session.greet());
    const mail::Envelope utf8{.sender = {}, .recipients = {{{"\xc3\xa9", "d"}}}};
    CHECK(talk.session.send({utf8, hello_world}).replies[0]->enhanced == "5.6.7");
    CHECK(talk.session.send({one, hello_world, 1, true}).replies[0]->enhanced == "5.6.3");
    const auto too_big = talk.session.send({one, hello_world, 11});
    CHECK(too_big.replies[0]->enhanced == "5.3.4");
    CHECK(answered(too_big) == "-; / -");  // nobody was asked
    CHECK(talk.stream.output == "EHLO me.example\r\n");
}

TEST_CASE("REQUIRETLS goes to those who offer it, and the message to nobody else; a report goes all the same", "[smtp][client][rfc8689-4.2.1][rfc8689-5]") {
    struct Case { mail::ReversePath sender; std::string offered, outcome, command; };
    const mail::Mailbox author{"a", "b"};
    const auto c = GENERATE_COPY(values<Case>({
        {author, "250-REQUIRETLS\r\n", "250 ok", "MAIL FROM:<a@b> REQUIRETLS\r\n"},
        {author, "", "550 ok", ""},
        {{}, "250-REQUIRETLS\r\n", "250 ok", "MAIL FROM:<> REQUIRETLS\r\n"},
        {{}, "", "250 ok", "MAIL FROM:<>\r\n"},
    }));
    Talk talk{"220 mx\r\n250-mx\r\n" + c.offered + "250 OK\r\n250 m\r\n250 r\r\n354 d\r\n250 t\r\n"};
    REQUIRE(talk.session.greet());
    talk.stream.output.clear();
    const mail::Envelope envelope{.sender = c.sender, .require_tls = true, .recipients = {{{"c", "d"}}}};
    const auto sent = talk.session.send({envelope, hello_world});
    CHECK(talk.codes(sent) == c.outcome);
    if (c.outcome == "550 ok") CHECK(sent.replies[0]->enhanced == "5.7.30");
    CHECK(talk.stream.output.substr(0, talk.stream.output.find("RCPT")) == c.command);
}

TEST_CASE("Many recipients go out in groups", "[smtp][client][rfc2920-3.1]") {
    mail::Envelope many{.sender = {}, .recipients = std::vector<mail::Recipient>(250, {{"c", "d"}})};
    std::string replies;
    for (int i = 0; i < 251; ++i) replies += "250 ok\r\n";
    Talk talk{pipelining + replies + "354 d\r\n250 t\r\n"};
    REQUIRE(talk.session.greet());
    const auto sent = talk.session.send({many, hello_world});
    CHECK_FALSE(sent.broken);
    CHECK(std::ranges::all_of(sent.replies, [](const auto& reply) { return reply && reply->code == 250; }));
    CHECK(talk.stream.writes == 1 + 3 + 1);  // EHLO; 252 commands; the text
}

TEST_CASE("Of an EHLO reply that is too long the extensions count that are kept", "[smtp][client][rfc5321-4.1.1.1]") {
    const auto* much = GENERATE("line", "lines");
    std::string reply = "250-mx\r\n250-PIPELINING\r\n";
    if (much == std::string_view{"line"}) reply += "250-X" + std::string(1'000'000, 'x') + "\r\n250-SIZE 42\r\n";
    else for (int i = 0; i < 1000; ++i) reply += "250-X" + std::string(1000, 'x') + "\r\n";
    Talk talk{"220 mx\r\n" + reply + "250 DSN\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.session.extensions().offers("PIPELINING"));
    CHECK(talk.session.extensions().offers("DSN") == (much == std::string_view{"line"}));
    CHECK(talk.send(one) == "250 ok");
}

TEST_CASE("Old servers are greeted in the old way", "[smtp][client][rfc5321-3.2]") {
    Talk talk{"220 mx\r\n500 what?\r\n250 mx\r\n"};
    const auto reply = talk.session.greet();
    REQUIRE(reply);
    CHECK(reply->code == 250);
    CHECK(talk.session.last_command() == ClientCommand::helo);
    CHECK(talk.stream.output.ends_with("HELO me.example\r\n"));
}

TEST_CASE("A server that wants no mail says so in its greeting", "[smtp][client][rfc5321-3.1]") {
    const auto greeting = GENERATE(as<std::string>{}, "554 no\r\n", "421 later\r\n");
    Talk talk{greeting};
    const auto reply = talk.session.greet();
    REQUIRE(reply);
    CHECK(reply->code >= 400);
    CHECK_FALSE(talk.session.last_command());
    CHECK(talk.stream.output.empty());
}

TEST_CASE("TLS starts with nothing known, and nothing sent ahead", "[smtp][client][rfc3207-4.2]") {
    test::MemoryStream inside{"250-mx\r\n250 DSN\r\n"};
    const Handshake handshake = [&]() -> Result<StartedTls> { return StartedTls{inside, "TLSv1.3"}; };
    Talk talk{"220 mx\r\n250-mx\r\n250 SIZE\r\n220 go\r\n"};
    REQUIRE(talk.session.greet());
    CHECK(talk.session.start_tls(handshake)->code == 250);
    CHECK(talk.session.extensions().offers("DSN"));
    CHECK_FALSE(talk.session.extensions().offers("SIZE"));
    CHECK(inside.output == "EHLO me.example\r\n");

    Talk injected{"220 mx\r\n250-mx\r\n250 SIZE\r\n220 go\r\n+250 injected\r\n"};
    REQUIRE(injected.session.greet());
    CHECK_FALSE(injected.session.start_tls(handshake));
}

TEST_CASE("QUIT is said, and its reply not waited for", "[smtp][client][rfc5321-4.1.1.10]") {
    Talk talk{plain + "221 bye\r\n"};
    REQUIRE(talk.session.greet());
    talk.session.quit();
    CHECK(talk.stream.output.ends_with("\r\nQUIT\r\n"));
    CHECK(read_reply(talk.channel, io::Deadline::after(std::chrono::seconds{1}))->code == 221);  // nobody has read it
}

TEST_CASE("A peer that reads nothing holds up no QUIT", "[smtp][client]") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const Fd near{ends[0]};
    const Fd far{ends[1]};
    const std::string fill(4096, 'x');
    while (::send(near.number(), fill.data(), fill.size(), MSG_DONTWAIT) > 0) continue;
    io::FdStream stream{near.number(), near.number()};
    io::Channel channel{stream};
    ClientSession session{channel, Protocol::smtp, "me.example"};
    const auto before = std::chrono::steady_clock::now();
    session.quit();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{10});
}

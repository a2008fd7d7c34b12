// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "support/smtp_server.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;
using test::to_data;
using test::to_rcpt;

TEST_CASE("A group of commands costs one write", "[smtp][rfc2920-3.2]") {
    test::SmtpServer server;
    CHECK(server.codes("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRSET\r\n") == "503 503 250");
    CHECK(server.writes == 2);  // the greeting, and all of it
}

TEST_CASE("DATA's reply, and others, do not wait for what is behind them", "[smtp][rfc2920-3.2]") {
    test::SmtpServer server;
    CHECK(server.codes("EHLO c\r\nNOOP\r\n") == "250 250");
    CHECK(server.writes == 3);
}

TEST_CASE("A message pipelined as far as it may be takes three writes", "[smtp][rfc2920-3.1]") {
    test::SmtpServer server;
    server.piece = to_data.size();
    CHECK(server.codes(to_data + "text\r\n.\r\nQUIT\r\n") == "250 250 250 354 250 221");
    CHECK(server.writes == 4);  // greeting, EHLO, up to DATA, the rest
}

TEST_CASE("The mailroom gets envelope, client and text", "[smtp]") {
    test::SmtpServer server;
    server.codes("EHLO client.example\r\n"
                 "MAIL FROM:<a@b> SIZE=99 RET=HDRS ENVID=x+2By SMTPUTF8\r\n"
                 "RCPT TO:<c@d> NOTIFY=NEVER\r\n"
                 "RCPT TO:<e@f> ORCPT=rfc822;g@h\r\n"
                 "DATA\r\n"
                 "Subject: x\r\n\r\n..dot\r\n\xc3\xa9\r\n.\r\n");
    REQUIRE(server.mailroom.messages.size() == 1);
    const auto& message = server.mailroom.messages[0];
    CHECK(message.text == "Subject: x\n\n.dot\n\xc3\xa9\n");
    CHECK(message.client.name == "client.example");
    CHECK(message.client.esmtp);
    CHECK(message.envelope == mail::Envelope{mail::Mailbox{"a", "b"}, "x+2By", mail::Return::headers, true, false,
                                             {{{"c", "d"}, {.never = true}, ""}, {{"e", "f"}, {}, "rfc822;g@h"}}});
}

TEST_CASE("Nothing of one message is left in the next", "[smtp][rfc5321-4.1.1.4]") {
    test::SmtpServer server;
    server.codes("EHLO c\r\nMAIL FROM:<a@b> RET=FULL ENVID=x SMTPUTF8\r\nRCPT TO:<c@d>\r\nDATA\r\none\r\n.\r\n"
                 "MAIL FROM:<>\r\nRCPT TO:<e@f>\r\nBDAT 3 LAST\r\ntwo"
                 "MAIL FROM:<g@h>\r\nRCPT TO:<i@j>\r\nRSET\r\n"
                 "MAIL FROM:<k@l>\r\nRCPT TO:<m@n>\r\nDATA\r\nthree\r\n.\r\n");
    const auto& messages = server.mailroom.messages;
    REQUIRE(messages.size() == 3);
    CHECK(messages[1].envelope == mail::Envelope{.recipients = {{{"e", "f"}}}});
    CHECK(messages[1].text == "two");
    CHECK(messages[2].envelope == mail::Envelope{.sender = mail::Mailbox{"k", "l"}, .recipients = {{{"m", "n"}}}});
    CHECK(messages[2].text == "three\n");
}

TEST_CASE("A client that goes in the middle of a message leaves nothing", "[smtp][rfc5321-4.1.1.10]") {
    const auto rest = GENERATE(as<std::string>{}, "half a line", "line\r\n", "line\r\n.", "line\r\n.\r", "");
    const auto begin = GENERATE(as<std::string>{}, to_data, to_rcpt + "BDAT 100 LAST\r\n");
    test::SmtpServer server;
    server.codes(begin + rest);
    CHECK(server.result);
    CHECK(server.mailroom.messages.empty());
    CHECK(server.mailroom.dropped == 1);
}

TEST_CASE("A client that falls silent is told so", "[smtp][rfc5321-4.5.3.2.7]") {
    const auto input = GENERATE(as<std::string>{}, "", "EHLO c\r\n", to_data + "half", to_rcpt + "BDAT 9\r\nhalf");
    test::SmtpServer server;
    server.silent_at_end = true;
    const auto codes = server.codes(input);
    CAPTURE(codes);
    CHECK(codes.ends_with("421"));
    REQUIRE_FALSE(server.result);
    CHECK(timed_out(server.result.error()));
    CHECK(server.mailroom.messages.empty());
}

TEST_CASE("Bare CR or LF in a command is refused", "[smtp][rfc5321-2.3.8]") {
    const std::string_view line = GENERATE("NOOP\n", "NOOP\rNOOP\r\n", "MAIL FROM:<a@b>\nRCPT TO:<c@d>\r\n");
    test::SmtpServer server;
    const auto codes = server.codes("EHLO c\r\n" + std::string(line));
    CAPTURE(line, codes);
    CHECK(codes.starts_with("250 500"));
    CHECK(server.mailroom.messages.empty());
}

TEST_CASE("NUL in a command is refused", "[smtp]") {
    test::SmtpServer server;
    CHECK(server.codes(std::string("NOOP\0\r\n", 7)) == "500");
}

TEST_CASE("A handshake that fails ends the session without a word", "[smtp][rfc3207-4]") {
    test::SmtpServer server;
    server.start_tls.shake_hands = [] { return failure({Fault::transient, "handshake: broken", {}, ETIMEDOUT}); };
    CHECK(server.codes("EHLO c\r\nSTARTTLS\r\n") == "250 220");
    CHECK_FALSE(server.result);
}

TEST_CASE("TLS that can't begin leaves the session as it is", "[smtp][rfc3207-4]") {
    test::SmtpServer server;
    server.start_tls.is_possible = [] { return false; };
    server.start_tls.shake_hands = [] { return failure({Fault::permanent, "not reached"}); };
    CHECK(server.codes("EHLO c\r\nSTARTTLS\r\nMAIL FROM:<a@b>\r\n") == "250 454 250");
}

TEST_CASE("The mailroom hears of messages that the session refuses", "[smtp]") {
    test::SmtpServer server;
    SECTION("too big") {
        server.settings.limits.message_octets = 3;
        server(to_data + "text\r\n.\r\n");
        REQUIRE(server.mailroom.noted.size() == 1);
        CHECK(server.mailroom.noted[0].code == 552);
    }
    SECTION("that could not be begun") {
        server.mailroom.open_error = Error{Fault::transient, "no"};
        server(to_data);
        REQUIRE(server.mailroom.noted.size() == 1);
        CHECK(server.mailroom.noted[0].code == 451);
    }
    SECTION("but not of those that it has taken") {
        server(to_data + "text\r\n.\r\n");
        CHECK(server.mailroom.noted.empty());
    }
}

TEST_CASE("TLS makes the client a stranger again", "[smtp][rfc3207-4.2]") {
    test::MemoryStream inside{"MAIL FROM:<a@b>\r\nEHLO inside\r\nSTARTTLS\r\n" + to_data.substr(8) + "x\r\n.\r\n"};
    test::SmtpServer server;
    server.settings.auth = AuthPolicy::anywhere;
    server.start_tls.shake_hands = [&]() -> Result<StartedTls> { return StartedTls{inside, "TLSv1.3 X"}; };
    CHECK(server.codes("EHLO outside\r\nAUTH PLAIN AHVzZXIAc2VjcmV0\r\nSTARTTLS\r\n") == "250 235 220");
    CHECK(inside.output.starts_with("503 5.5.1 "));
    CHECK(inside.output.find("STARTTLS") == std::string::npos);
    CHECK(inside.output.find("503 5.5.1 TLS is on already") != std::string::npos);
    REQUIRE(server.mailroom.messages.size() == 1);
    const auto& client = server.mailroom.messages[0].client;
    CHECK(client.name == "inside");
    CHECK(client.login.empty());
    CHECK(client.tls == "TLSv1.3 X");
}

TEST_CASE("AUTH that can't be checked is temporary", "[smtp][rfc4954-6]") {
    test::SmtpServer server;
    server.settings.auth = AuthPolicy::anywhere;
    CHECK(server("EHLO c\r\nAUTH PLAIN AGJyb2tlbgBzZWNyZXQ=\r\n").find("\r\n454 4.7.0 ") != std::string::npos);
}

TEST_CASE("Nobody logs in to act for somebody else", "[smtp][rfc4616-2]") {
    test::SmtpServer server;
    server.settings.auth = AuthPolicy::anywhere;
    CHECK(server.codes("EHLO c\r\nAUTH PLAIN b3RoZXIAdXNlcgBzZWNyZXQ=\r\n") == "250 535");  // other NUL user NUL secret
    CHECK(server.codes("EHLO c\r\nAUTH PLAIN dXNlcgB1c2VyAHNlY3JldA==\r\n") == "250 235");
}

TEST_CASE("A mailroom's 421 ends the session", "[smtp][rfc5321-3.8]") {
    test::SmtpServer server;
    CHECK(server.codes("EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<hangup@b>\r\nNOOP\r\n") == "250 250 421");
}

TEST_CASE("A private verb stands where DATA may stand, and is listed", "[smtp][rfc5321-4.1.5]") {
    test::SmtpServer server;
    std::string arguments;
    server.settings.private_verbs.push_back({"XLINK", [&](Session& session, std::string_view given) {
        if (!may_take_message(session)) return reply(session, {503, "5.5.1", "MAIL and RCPT first"});
        arguments = given;
        return finish_message(session, Reply{250, "2.0.0", "linked"});
    }});
    const auto output = server(to_rcpt + "XLINK a b\r\nXLINK\r\n");
    CHECK(output.find("250 XLINK\r\n") != std::string::npos);
    CHECK(output.ends_with("250 2.0.0 linked\r\n503 5.5.1 MAIL and RCPT first\r\n"));
    CHECK(arguments == "a b");
}

TEST_CASE("The announced size reaches the mailroom, of each message", "[smtp][rfc1870-4]") {
    test::SmtpServer server;
    server("EHLO c\r\nMAIL FROM:<> SIZE=1234\r\n");
    CHECK(server.mailroom.announced.size == 1234);
    server("EHLO c\r\nMAIL FROM:<> SIZE=1234\r\nRSET\r\nMAIL FROM:<>\r\n");
    CHECK(server.mailroom.announced.size == 0);
}

TEST_CASE("XID reaches the mailroom where it is offered", "[smtp]") {
    test::SmtpServer server;
    CHECK(server.codes("EHLO c\r\nMAIL FROM:<> XID=1.M2P3Q4.host\r\n") == "250 555");
    server.settings.takes_xid = true;
    const auto output = server("EHLO c\r\nMAIL FROM:<> XID=1.M2P3Q4.host\r\n");
    CHECK(output.find("250 XID\r\n") != std::string::npos);
    CHECK(server.mailroom.announced.xid == "1.M2P3Q4.host");
}

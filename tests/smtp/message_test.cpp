// SPDX-License-Identifier: ISC
// DATA and BDAT: what reaches the mailroom, and what is answered when it can't take it.
#include "support/catch.hpp"

#include "support/smtp_server.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;
using test::to_data;
using test::to_rcpt;

TEST_CASE("Nothing but CRLF.CRLF ends a message, and kin of it refuse it", "[smtp][rfc5321-4.1.1.4]") {
    const std::string_view smuggled = GENERATE("\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\n\n.\r\n",
                                               "\r\n\r.\r\n", "\r\r\n.\n", "\n", "\r", "\r\n.\r\r\n");
    const auto piece = GENERATE(std::size_t{1}, 3, 1000);
    test::SmtpServer server;
    server.piece = piece;
    const auto output = server(to_data + "a" + std::string(smuggled) + "MAIL FROM:<evil@b>\r\n.\r\nNOOP\r\n");
    CAPTURE(smuggled, output);
    CHECK(output.ends_with("354 go ahead\r\n550 5.5.2 bare CR or LF in the message\r\n250 2.0.0 ok\r\n"));
    CHECK(server.mailroom.messages.empty());
    CHECK(server.mailroom.dropped == 1);
}

TEST_CASE("By option, bare CR and LF become line ends", "[smtp]") {
    test::SmtpServer server;
    server.settings.bare_newline = BareNewline::normalise;
    CHECK(server.codes(to_data + "a\nb\rc\r\n\n.\r\n..\r\n.\r\n").ends_with("354 250"));
    REQUIRE(server.mailroom.messages.size() == 1);
    CHECK(server.mailroom.messages[0].text == "a\nb\nc\n\n.\n.\n");
}

TEST_CASE("Errors of the mailroom become replies", "[smtp][rfc5321-4.3.2]") {
    struct Case { Error error; std::string_view reply; };
    const auto c = GENERATE(values<Case>({
        {{Fault::transient, "write: No space left", {}, ENOSPC}, "452 4.3.1 "},
        {{Fault::transient, "write: Disk quota exceeded", {}, EDQUOT}, "452 4.3.1 "},
        {{Fault::transient, "write: Input/output error", {}, EIO}, "451 4.3.0 "},
        {{Fault::permanent, "write: never"}, "554 5.3.0 "},
    }));
    const auto text = GENERATE(as<std::string>{}, "DATA\r\nlong text\r\n.\r\n", "BDAT 9 LAST\r\nlong text",
                               "BDAT 5\r\nlong BDAT 4 LAST\r\ntext");
    test::SmtpServer server;
    SECTION("when it is opened") {
        server.mailroom.open_error = c.error;
        const auto output = server(to_rcpt + text + "NOOP\r\n");
        CHECK(output.find("\r\n" + std::string(c.reply)) != std::string::npos);
    }
    SECTION("when it is written") {
        server.mailroom.write_error = c.error;
        const auto output = server(to_rcpt + text + "NOOP\r\n");
        CHECK(output.find("\r\n" + std::string(c.reply)) != std::string::npos);
        CHECK(output.ends_with("250 2.0.0 ok\r\n"));
        CHECK(server.mailroom.dropped == 1);
    }
    CHECK(server.mailroom.messages.empty());
}

TEST_CASE("A mailroom that forgets to answer has not taken the message", "[smtp]") {
    test::SmtpServer server;
    server.mailroom.forgets_replies = true;
    CHECK(server.codes(to_data + "x\r\n.\r\n").ends_with("354 451"));
}

TEST_CASE("What the mailroom says to a message is passed on", "[smtp]") {
    test::SmtpServer server;
    server.mailroom.commit_reply = Reply{550, "5.7.1", "spam"};
    CHECK(server(to_data + "x\r\n.\r\n").ends_with("550 5.7.1 spam\r\n"));
}

TEST_CASE("BDAT takes exactly so many octets", "[smtp][rfc3030-2]") {
    const auto piece = GENERATE(std::size_t{1}, 2, 5, 1000);
    test::SmtpServer server;
    server.piece = piece;
    CHECK(server.codes(to_rcpt + "BDAT 7\r\na\r\n.\r\n.BDAT 2\r\n\r\nBDAT 0 LAST\r\nNOOP\r\n") ==
          "250 250 250 250 250 250 250");
    REQUIRE(server.mailroom.messages.size() == 1);
    CHECK(server.mailroom.messages[0].text == "a\n.\n.\n");
}

TEST_CASE("A CR as the last octet of all is a bare one", "[smtp][rfc3030-2]") {
    test::SmtpServer server;
    CHECK(server.codes(to_rcpt + "BDAT 2\r\na\rBDAT 1 LAST\r\n\n") == "250 250 250 250 250");
    CHECK(server.codes(to_rcpt + "BDAT 2 LAST\r\na\r") == "250 250 250 550");
}

TEST_CASE("Chunks out of order are read and thrown away", "[smtp][rfc3030-2]") {
    test::SmtpServer server;
    CHECK(server.codes("BDAT 6\r\nQUIT\r\nEHLO c\r\nBDAT 6 LAST\r\nQUIT\r\nMAIL FROM:<>\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n") ==
          "503 250 503 250 503 250");
    CHECK(server.mailroom.opened == 0);
}

TEST_CASE("A chunk after the last belongs to no message", "[smtp][rfc3030-2]") {
    test::SmtpServer server;
    CHECK(server.codes(to_rcpt + "BDAT 1 LAST\r\nxBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == "250 250 250 250 503 250");
}

TEST_CASE("DATA and BDAT do not mix", "[smtp][rfc3030-2]") {
    test::SmtpServer server;
    CHECK(server.codes(to_rcpt + "BDAT 1\r\nxDATA\r\nRCPT TO:<e@f>\r\nMAIL FROM:<>\r\nBDAT 1 LAST\r\ny") ==
          "250 250 250 250 503 503 503 250");
    REQUIRE(server.mailroom.messages.size() == 1);
    CHECK(server.mailroom.messages[0].text == "xy");
}

TEST_CASE("RSET drops the chunks", "[smtp][rfc3030-2]") {
    test::SmtpServer server;
    CHECK(server.codes(to_rcpt + "BDAT 1\r\nxRSET\r\n" + to_data.substr(8) + "y\r\n.\r\n") ==
          "250 250 250 250 250 250 250 354 250");
    CHECK(server.mailroom.dropped == 1);
    REQUIRE(server.mailroom.messages.size() == 1);
    CHECK(server.mailroom.messages[0].text == "y\n");
}

TEST_CASE("A BDAT that can't be read ends the session: nobody knows what follows", "[smtp][rfc3030-2]") {
    const auto arguments = GENERATE(as<std::string>{}, "", "x", "-1", "18446744073709551616", "6 LAST x");
    test::SmtpServer server;
    CHECK(server.codes(to_rcpt + "BDAT " + arguments + "\r\nNOOP\r\n") == "250 250 250 501");
}

TEST_CASE("Text is the same however the packets fall", "[smtp]") {
    const auto piece = GENERATE(range(1, 40));
    test::SmtpServer server;
    server.piece = static_cast<std::size_t>(piece);
    CHECK(server.codes(to_data + "Subject: x\r\n\r\n.\t\r\n..\r\n...\r\n\r\n.\r\nQUIT\r\n").ends_with("354 250 221"));
    REQUIRE(server.mailroom.messages.size() == 1);
    CHECK(server.mailroom.messages[0].text == "Subject: x\n\n\t\n.\n..\n\n");
}

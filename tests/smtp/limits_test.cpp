// SPDX-License-Identifier: ISC
// Each limit at its edge.
#include "support/catch.hpp"


#include "support/smtp_server.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;
using test::to_data;
using test::to_rcpt;

namespace {

std::string times(std::size_t n, std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += text;
    return out;
}

const std::string message = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n";

}  // namespace

TEST_CASE("A command line may be as long as the limit, with CRLF", "[smtp][rfc5321-4.5.3.1.4]") {
    test::SmtpServer server;
    const auto noop = [&](std::size_t octets) { return "NOOP " + std::string(octets - 7, 'x') + "\r\n"; };
    const auto limit = server.settings.limits.line_octets;
    CHECK(server.codes(noop(limit) + "NOOP\r\n") == "250 250");
    CHECK(server.codes(noop(limit + 1) + "NOOP\r\n") == "500 250");
    server.piece = 7;
    CHECK(server.codes(noop(limit + 1) + "NOOP\r\n") == "500 250");
    CHECK(server.codes(noop(200000) + "NOOP\r\n") == "500 250");
}

TEST_CASE("A response of AUTH may be longer than a command", "[smtp][rfc4954-4]") {
    test::SmtpServer server;
    server.settings.auth = AuthPolicy::anywhere;
    CHECK(server("EHLO c\r\nAUTH PLAIN\r\n" + std::string(12286, 'A') + "\r\n").find("\r\n501 5.5.2 ") != std::string::npos);
    CHECK(server("EHLO c\r\nAUTH PLAIN\r\n" + std::string(12287, 'A') + "\r\n").find("\r\n500 5.5.6 ") != std::string::npos);
}

TEST_CASE("One recipient too many is temporary, and the message goes on", "[smtp][rfc5321-4.5.3.1.10]") {
    test::SmtpServer server;
    server.settings.limits.recipients = 2;
    const auto output = server(to_rcpt + times(2, "RCPT TO:<e@f>\r\n") + "DATA\r\nx\r\n.\r\n");
    CHECK(output.find("452 4.5.3 ") != std::string::npos);
    REQUIRE(server.mailroom.messages.size() == 1);
    CHECK(server.mailroom.messages[0].envelope.recipients.size() == 2);
}

TEST_CASE("A message may be as big as the limit, dots not counted", "[smtp][rfc1870-6.3]") {
    test::SmtpServer server;
    server.settings.limits.message_octets = 10;
    CHECK(server.codes(to_data + "1234567\r\n" + ".\r\n") == "250 250 250 354 250");
    CHECK(server.codes(to_data + "12345678\r\n" + ".\r\n") == "250 250 250 354 250");
    CHECK(server.codes(to_data + "..345678\r\n" + ".\r\n") == "250 250 250 354 250");
    CHECK(server.codes(to_data + "123456789\r\n" + ".\r\nNOOP\r\n") == "250 250 250 354 552 250");
    CHECK(server.codes(to_data + "123456789" + times(1000, "more\r\n") + "\r\n.\r\nNOOP\r\n") == "250 250 250 354 552 250");
    CHECK(server.mailroom.messages.size() == 3);
    CHECK(server.mailroom.dropped == 2);
}

TEST_CASE("A chunk may fill the message up, and not more", "[smtp][rfc3030-2]") {
    test::SmtpServer server;
    server.settings.limits.message_octets = 10;
    CHECK(server.codes(to_rcpt + "BDAT 5\r\n12345BDAT 5 LAST\r\n12345") == "250 250 250 250 250");
    CHECK(server.codes(to_rcpt + "BDAT 5\r\n12345BDAT 6 LAST\r\n123456NOOP\r\n") == "250 250 250 250 552 250");
    CHECK(server.codes(to_rcpt + "BDAT 11\r\n12345678901BDAT 3\r\nabcBDAT 0 LAST\r\nNOOP\r\n") ==
          "250 250 250 552 552 552 250");
}

TEST_CASE("A size announced is held against the limit at MAIL", "[smtp][rfc1870-6.1]") {
    test::SmtpServer server;
    server.settings.limits.message_octets = 10;
    CHECK(server.codes("EHLO c\r\nMAIL FROM:<> SIZE=10\r\n") == "250 250");
    CHECK(server.codes("EHLO c\r\nMAIL FROM:<> SIZE=11\r\n") == "250 552");
    server.settings.limits.message_octets = 0;
    CHECK(server.codes("EHLO c\r\nMAIL FROM:<> SIZE=18446744073709551615\r\n") == "250 250");
}

TEST_CASE("After too many errors comes 421", "[smtp]") {
    test::SmtpServer server;
    server.settings.limits.errors = 3;
    CHECK(server.codes(times(4, "RCPT\r\n") + "NOOP\r\n") == "503 503 503 421");
    CHECK(server.codes("EHLO c\r\n" + times(3, "RCPT\r\n") + message + times(4, "RCPT\r\n")) ==
          "250 503 503 503 250 250 354 250 503 503 503 421");
    server.settings.limits.errors = 0;
    CHECK_FALSE(server.codes(times(100, "RCPT\r\n")).ends_with("421"));
}

TEST_CASE("Replies that are temporary are no errors of the client's", "[smtp]") {
    test::SmtpServer server;
    server.settings.limits.errors = 3;
    CHECK_FALSE(server.codes("EHLO c\r\nMAIL FROM:<>\r\n" + times(20, "RCPT TO:<later@b>\r\n")).ends_with("421"));
}

TEST_CASE("After too many unknown commands comes 421", "[smtp]") {
    test::SmtpServer server;
    server.settings.limits.unknown_commands = 2;
    CHECK(server.codes(times(3, "FOO\r\n") + "NOOP\r\n") == "500 500 421");
    CHECK(server.codes("EHLO c\r\nFOO\r\nFOO\r\n" + message + "FOO\r\nFOO\r\n").ends_with("250 500 500"));
}

TEST_CASE("After too many commands without a message comes 421", "[smtp]") {
    test::SmtpServer server;
    server.settings.limits.commands = 5;
    CHECK(server.codes(times(6, "NOOP\r\n") + "QUIT\r\n") == "250 250 250 250 250 421");
    CHECK(server.codes("EHLO c\r\n" + message + times(5, "NOOP\r\n")).ends_with("250 250 250 250 250"));
}

TEST_CASE("The third wrong password is the last", "[smtp][rfc4954-9]") {
    test::SmtpServer server;
    server.settings.auth = AuthPolicy::anywhere;
    const std::string wrong = "AUTH PLAIN AHVzZXIAd3Jvbmc=\r\n";
    CHECK(server.codes("EHLO c\r\n" + wrong + "RSET\r\n" + wrong + wrong + "NOOP\r\n") == "250 535 250 535 421");
}

TEST_CASE("A message refused for now is no error of the client's", "[smtp]") {
    test::SmtpServer server;
    server.settings.limits.errors = 1;
    server.mailroom.commit_reply = Reply{451, "4.3.0", "later"};
    CHECK(server.codes("EHLO c\r\n" + message + message + "DATA\r\nDATA\r\n").ends_with("354 451 503 421"));
    server.mailroom.commit_reply = Reply{550, "5.7.1", "never"};
    CHECK(server.codes("EHLO c\r\n" + message + "DATA\r\n").ends_with("354 550 421"));
}

namespace {

/// Closes at once, and remembers how long it might have been silent.
class PatientStream : public io::Stream {
public:
    Result<std::size_t> read(std::span<char>, io::Deadline deadline) override {
        patience = deadline.remaining();
        return std::size_t{0};
    }
    Result<void> write(std::string_view, io::Deadline) override { return {}; }
    Result<io::Woken> wait(std::span<io::Watched>, io::Deadline) override { return io::Woken::peer; }

    std::chrono::milliseconds patience{};
};

std::chrono::milliseconds patience(const Limits& limits) {
    PatientStream stream;
    io::Channel channel{stream};
    test::ScriptedMailroom mailroom;
    REQUIRE(serve(channel, {.address = "192.0.2.1"}, mailroom, {.hostname = "mx.example", .limits = limits}, {}));
    return stream.patience;
}

}  // namespace

TEST_CASE("A client may be silent for five minutes, a session may last for hours", "[smtp][rfc5321-4.5.3.2.7]") {
    using namespace std::chrono_literals;
    CHECK(patience({}) <= 5min);
    CHECK(patience({}) > 4min);
    CHECK(patience({.timeout = 7h}) <= 6h);
    CHECK(patience({.timeout = 7h}) > 5h);
    CHECK(patience({.timeout = 7h, .session = 0h}) > 6h);
}

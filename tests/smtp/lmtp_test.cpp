// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "support/smtp_server.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

const std::string three = "LHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<unknown@d>\r\nRCPT TO:<full@d>\r\n";

test::SmtpServer lmtp() {
    test::SmtpServer server;
    server.settings.protocol = Protocol::lmtp;
    return server;
}

}  // namespace

TEST_CASE("LMTP answers the message once for each recipient that was taken", "[smtp][rfc2033-4.2]") {
    auto server = lmtp();
    CHECK(server.codes(three + "DATA\r\nx\r\n.\r\n") == "250 250 250 550 250 354 250 452");
    CHECK(server.codes(three + "BDAT 1 LAST\r\nx") == "250 250 250 550 250 250 452");
    CHECK(server.codes(three + "BDAT 1\r\nxBDAT 0 LAST\r\n") == "250 250 250 550 250 250 250 452");
}

TEST_CASE("The same recipient twice gets two replies", "[smtp][rfc2033-4.2]") {
    auto server = lmtp();
    CHECK(server.codes("LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<c@d>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n") ==
          "250 250 250 250 354 250 250");
}

TEST_CASE("Without recipients DATA gets 503, and the last BDAT nothing", "[smtp][rfc2033-4.2][rfc2033-4.3]") {
    auto server = lmtp();
    const std::string none = "LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<unknown@d>\r\n";
    CHECK(server.codes(none + "DATA\r\n") == "250 250 550 503");
    CHECK(server.codes(none + "BDAT 1 LAST\r\nxNOOP\r\nMAIL FROM:<>\r\n") == "250 250 550 250 250");
    CHECK(server.codes(none + "BDAT 1\r\nxNOOP\r\n") == "250 250 550 503 250");
    CHECK(server.codes("LHLO c\r\nBDAT 1 LAST\r\nx") == "250 503");
}

TEST_CASE("A message refused as a whole is refused for each", "[smtp][rfc2033-4.2]") {
    auto server = lmtp();
    CHECK(server.codes(three + "DATA\r\nx\n\r\n.\r\n") == "250 250 250 550 250 354 550 550");
    server.settings.limits.message_octets = 3;
    CHECK(server.codes(three + "BDAT 4\r\nabcdBDAT 0 LAST\r\nNOOP\r\n") == "250 250 250 550 250 552 552 552 250");
}

TEST_CASE("SMTP's greetings are unknown to LMTP, and LMTP's to SMTP", "[smtp][rfc2033-4.1]") {
    auto server = lmtp();
    CHECK(server.codes("EHLO c\r\nHELO c\r\nLHLO c\r\n") == "500 500 250");
    test::SmtpServer smtp;
    CHECK(smtp.codes("LHLO c\r\n") == "500");
}

TEST_CASE("LMTP says so in its greeting", "[smtp][rfc2033-4]") {
    auto server = lmtp();
    test::MemoryStream stream;
    io::Channel channel{stream};
    REQUIRE(serve(channel, server.client, server.mailroom, server.settings, {}));
    CHECK(stream.output == "220 mx.example LMTP mailpipe\r\n");
}

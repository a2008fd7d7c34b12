// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mime/survey.hpp"

using namespace mailpipe::mime;

TEST_CASE("Octets are 7bit, 8bit or binary data", "[mime][rfc2045-2.7]") {
    constexpr auto seven = TransferEncoding::seven_bit, eight = TransferEncoding::eight_bit, binary = TransferEncoding::binary;
    const std::string full(998, 'x');
    struct Case { std::string octets; TransferEncoding any, crlf; };
    const auto c = GENERATE_REF(values<Case>({
        {"", seven, seven},
        {"a\r\nb", seven, seven},
        {"a\nb", seven, binary},
        {"caf\xc3\xa9\r\n", eight, eight},
        {"a\rb", binary, binary},
        {"a\r", binary, binary},
        {"a\r\r\n", binary, binary},
        {std::string("a\0", 2), binary, binary},
        {full + "\r\n" + full, seven, seven},
        {full + "x", binary, binary},
    }));
    CAPTURE(c.octets);
    CHECK(survey(c.octets, Lines::any).kind() == c.any);
    CHECK(survey(c.octets, Lines::crlf).kind() == c.crlf);
    Survey in_pieces{Lines::any};
    for (const char& octet : c.octets) in_pieces.add({&octet, 1});
    CHECK(in_pieces.kind() == c.any);
}

TEST_CASE("The shorter encoding is chosen, the readable one of two alike", "[mime]") {
    constexpr auto quoted = TransferEncoding::quoted_printable, base64 = TransferEncoding::base64;
    CHECK(survey("", Lines::any).shorter() == quoted);
    CHECK(survey("caf\xc3\xa9 au lait\n", Lines::any).shorter() == quoted);
    CHECK(survey("\xd0\xbf\xd1\x80\xd0\xb8\n", Lines::any).shorter() == base64);
    CHECK(survey(std::string(30, '\0'), Lines::none).shorter() == base64);
}

TEST_CASE("It is known whether the last line has its end", "[mime]") {
    CHECK(survey("", Lines::any).ends_with_line());
    CHECK(survey("a\n", Lines::any).ends_with_line());
    CHECK_FALSE(survey("a\nb", Lines::any).ends_with_line());
    CHECK_FALSE(survey("a\n", Lines::crlf).ends_with_line());
}

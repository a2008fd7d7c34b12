// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>

#include "mime/decoder.hpp"
#include "mime/encoder.hpp"
#include "support/encoded.hpp"

using namespace mailpipe::mime;

namespace {

constexpr auto quoted = TransferEncoding::quoted_printable;
constexpr auto base64 = TransferEncoding::base64;

std::string in_pieces(std::string_view content, TransferEncoding encoding, Lines lines, std::size_t size) {
    Encoder encoder{encoding, lines};
    std::string out;
    for (; !content.empty(); content.remove_prefix(std::min(size, content.size()))) encoder.encode(content.substr(0, size), out);
    encoder.finish(out);
    return out;
}

/// What no line of an encoded body may be.
void check_lines(std::string_view body) {
    CHECK(std::ranges::all_of(body, [](char c) { return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t'; }));
    while (!body.empty()) {
        const auto end = std::min(body.find('\n'), body.size());
        const auto line = body.substr(0, end);
        CHECK(line.size() <= 76);
        CHECK_FALSE((line.ends_with(' ') || line.ends_with('\t')));
        CHECK_FALSE((line == "." || line.starts_with("--") || line.starts_with("From ")));
        body.remove_prefix(std::min(end + 1, body.size()));
    }
}

std::string canonical(std::string_view text) {
    std::string wire;
    for (const char c : text) wire.append(c == '\n' && !wire.ends_with('\r') ? "\r\n" : std::string(1, c));
    return wire;
}

std::string odd_text(std::mt19937& random) {
    constexpr std::string_view odd[] = {"\n", "\r\n", "\r", " ", "\t", "-", "--", ".", "From ", "=", "\xc3\xa9", "a", "text", "\n.", "\n--"};
    std::string text;
    for (auto n = random() % 300; n > 0; --n) text += odd[random() % std::size(odd)];
    if (random() % 2 == 0) text += std::string(random() % 100, 'x');
    return text;
}

}  // namespace

TEST_CASE("quoted-printable keeps what is readable", "[mime][rfc2045-6.7]") {
    const std::string a76(76, 'a');
    struct Case { std::string content, body; };
    const auto c = GENERATE_REF(values<Case>({
        {"", ""},
        {"plain\nlines\n", "plain\nlines\n"},
        {"no end", "no end"},
        {"caf\xc3\xa9 = 1\n", "caf=C3=A9 =3D 1\n"},
        {"ends in \nblanks\t\n ", "ends in=20\nblanks=09\n=20"},
        {"\r\nCRLF\r\n", "\nCRLF\n"},
        {"a\rb\r", "a=0Db=0D"},
        {"\r\r\n", "=0D\n"},
        {std::string("\0\x7f", 2), "=00=7F"},
        {".\n..\n.", "=2E\n..\n=2E"},
        {"From me\nfrom me\n From\n", "=46rom me\nfrom me\n From\n"},
        {"--b\n-- \n-\n-\xc3\xa9", "=2D-b\n=2D-=20\n-\n-=C3=A9"},
        {a76 + "\n", a76 + "\n"},
        {a76 + "a", std::string(75, 'a') + "=\naa"},
        {a76 + " \n", std::string(75, 'a') + "=\na=20\n"},
        {std::string(75, 'a') + "--b", std::string(75, 'a') + "=\n=2D-b"},
        {std::string(75, 'a') + "..\n", std::string(75, 'a') + "=\n..\n"},
        {std::string(76, 'a') + "\xc3\xa9", std::string(75, 'a') + "=\na=C3=A9"},
        {std::string(74, 'a') + "\xc3", std::string(74, 'a') + "=\n=C3"},
        {std::string(73, 'a') + "\xc3\xa9", std::string(73, 'a') + "=\n=C3=A9"},
    }));
    CAPTURE(c.content);
    for (std::size_t size = 1; size <= c.content.size() + 1; ++size) CHECK(in_pieces(c.content, quoted, Lines::any, size) == c.body);
}

TEST_CASE("What is no line end of the content is encoded", "[mime][rfc2045-6.7]") {
    CHECK(encoded("a\r\nb\nc\r", quoted, Lines::crlf) == "a\nb=0Ac=0D");
    CHECK(encoded("a\r\nb\n", quoted, Lines::none) == "a=0D=0Ab=0A");
    CHECK(encoded("a\r\nb\nc", base64, Lines::any) == encoded("a\r\nb\r\nc", base64, Lines::none));
    CHECK(encoded("a\r\nb\n", base64, Lines::crlf) == encoded("a\r\nb\n", base64, Lines::none));
}

TEST_CASE("The lines that come out end as they are to", "[mime]") {
    std::string out;
    Encoder encoder{quoted, Lines::any, "\r\n"};
    encoder.encode("a\nb\r\n" + std::string(80, 'x'), out);
    encoder.finish(out);
    CHECK(out == "a\r\nb\r\n" + std::string(75, 'x') + "=\r\nxxxxx");
}

TEST_CASE("What is not encoded has other line ends, and is else as it was", "[mime][rfc2045-6.2]") {
    constexpr auto as_it_is = TransferEncoding::eight_bit;
    const std::string content = "=\r\n\r\na\n\r\r\n\rb\xc3\n\n\r";
    for (std::size_t size = 1; size <= content.size() + 1; ++size) {
        CHECK(in_pieces(content, as_it_is, Lines::any, size) == "=\n\na\n\r\n\rb\xc3\n\n\r");
        CHECK(in_pieces(content, as_it_is, Lines::crlf, size) == "=\n\na\n\r\n\rb\xc3\n\n\r");
        CHECK(in_pieces(content, as_it_is, Lines::none, size) == content);
    }
    std::string out;
    Encoder{as_it_is, Lines::crlf, "\r\n"}.encode("a\r\nb\n", out);
    CHECK(out == "a\r\nb\n");
}

TEST_CASE("base64 has lines of 76, and no end behind the last", "[mime][rfc2045-6.8]") {
    CHECK(encoded("", base64, Lines::none).empty());
    CHECK(encoded("ABC", base64, Lines::none) == "QUJD");
    std::string line;
    for (int n = 0; n < 19; ++n) line += "QUJD";
    std::string content;
    for (int n = 0; n < 38; ++n) content += "ABC";
    CHECK(encoded(content, base64, Lines::none) == line + "\n" + line);
    CHECK(encoded(content + "A", base64, Lines::none) == line + "\n" + line + "\nQQ==");
}

TEST_CASE("What was encoded is decoded to the same octets, in whatever pieces", "[mime]") {
    std::mt19937 random{1};
    for (int n = 0; n < 500; ++n) {
        const auto content = odd_text(random);
        CAPTURE(content);
        for (const auto encoding : {quoted, base64}) {
            const auto exact = encoded(content, encoding, Lines::none);
            check_lines(exact);
            CHECK(decoded(exact, encoding) == content);
            CHECK(in_pieces(content, encoding, Lines::none, 1 + random() % 9) == exact);

            const auto text = encoded(content, encoding, Lines::any);
            check_lines(text);
            CHECK(in_pieces(content, encoding, Lines::any, 1 + random() % 9) == text);
            CHECK(decoded(encoding == quoted ? canonical(text) : text, encoding) == canonical(content));

            const auto wire = encoded(content, encoding, Lines::crlf);
            check_lines(wire);
            CHECK(in_pieces(content, encoding, Lines::crlf, 1 + random() % 9) == wire);
            CHECK(decoded(encoding == quoted ? canonical(wire) : wire, encoding) == content);
        }
    }
}

// SPDX-License-Identifier: ISC
#include "imap/message/literal.hpp"

#include <string>

#include "support/catch.hpp"

using mailpipe::imap::Partial;

namespace {

std::string literal(std::string_view text, const std::optional<Partial>& partial = {}) {
    std::string out;
    mailpipe::imap::write_literal(text, partial, [&](std::string_view piece) { out += piece; });
    return out;
}

/// One octet after the other.
std::string on_the_wire(std::string_view text) {
    std::string wire;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) wire += '\r';
        wire += text[i] == '\0' ? '\x80' : text[i];
    }
    return wire;
}

std::string counted(const std::string& wire) { return "{" + std::to_string(wire.size()) + "}\r\n" + wire; }

}  // namespace

TEST_CASE("every line end of a literal is CRLF, and NUL is 0x80", "[imap][rfc9051-4.3]") {
    struct Case { std::string_view text, literal; };
    using namespace std::string_view_literals;
    const auto c = GENERATE(values<Case>({
        {"", "{0}\r\n"}, {std::string_view{}, "{0}\r\n"}, {"a\nb\n", "{6}\r\na\r\nb\r\n"}, {"a\r\nb\n", "{6}\r\na\r\nb\r\n"},
        {"\n", "{2}\r\n\r\n"}, {"a\rb\r", "{4}\r\na\rb\r"}, {"\0\n"sv, "{3}\r\n\x80\r\n"}, {"\xc3\xa4", "{2}\r\n\xc3\xa4"},
    }));
    CHECK(literal(c.text) == c.literal);
}

TEST_CASE("a partial is cut out of what is on the wire", "[imap][rfc9051-6.4.5]") {
    struct Case { Partial partial; std::string_view literal; };
    const auto c = GENERATE(values<Case>({
        {{0, 100}, "{6}\r\na\r\nb\r\n"}, {{0, 2}, "{2}\r\na\r"}, {{1, 1}, "{1}\r\n\r"}, {{2, 1}, "{1}\r\n\n"},
        {{2, 2}, "{2}\r\n\nb"}, {{2, 3}, "{3}\r\n\nb\r"}, {{5, 9}, "{1}\r\n\n"}, {{6, 1}, "{0}\r\n"}, {{7, 1}, "{0}\r\n"},
        {{UINT64_MAX, UINT64_MAX}, "{0}\r\n"}, {{1, UINT64_MAX}, "{5}\r\n\r\nb\r\n"},
    }));
    CAPTURE(c.partial.offset, c.partial.octets);
    CHECK(literal("a\nb\r\n", c.partial) == c.literal);
}

TEST_CASE("where a text is too long to be made before it is counted, nothing changes", "[imap]") {
    const std::size_t size = GENERATE(65'535U, 65'536U, 65'537U);
    const auto end = GENERATE(as<std::string>{}, "\n", "\r\n", "\n\n", "x");
    std::string text(size, '\n');  // twice as long on the wire
    SECTION("line ends only") {}
    SECTION("lines and a NUL") {
        for (std::size_t at = 0; at < size; at += at % 7 + 1) text[at] = 'x';
        text[size / 2] = '\0';
    }
    text.replace(size - end.size(), end.size(), end);
    CHECK(literal(text) == counted(on_the_wire(text)));
}

TEST_CASE("long texts are no other than short ones, whole or in pieces", "[imap]") {
    const auto line = GENERATE(as<std::string>{}, "seven times ten octets make one line\n", "with CRLF\r\n", "\n", "\r", "x");
    std::string text;
    while (text.size() < 100'000) text += line;
    SECTION("with NUL") { text[70'000] = '\0'; }
    SECTION("with one bare LF") { text[60'000] = '\n'; }
    SECTION("as it is") {}
    const auto wire = on_the_wire(text);
    CHECK(literal(text) == counted(wire));
    for (std::uint64_t offset = 0; offset < wire.size() + 10'000; offset += 9'973) {
        const auto piece = wire.substr(std::min<std::size_t>(offset, wire.size()), 16'411);
        CHECK(literal(text, Partial{offset, 16'411}) == counted(piece));
    }
}

// SPDX-License-Identifier: ISC
#include "imap/message/binary.hpp"

#include <string>

#include "support/catch.hpp"

using namespace mailpipe;
using imap::Partial;

namespace {

/// What is written, after its count was compared with what it announces.
std::string fetched(std::string_view message, std::string_view part, const std::optional<Partial>& partial = {}) {
    const auto found = imap::find_binary(message, mime::read_structure(message), part);
    REQUIRE(found);
    REQUIRE(found->can_be_decoded());
    std::string out;
    imap::write_binary(*found, partial, [&](std::string_view piece) { out += piece; });
    if (!partial) CHECK(out.find("{" + std::to_string(imap::binary_size(*found)) + "}\r\n") != std::string::npos);
    return out;
}

}  // namespace

TEST_CASE("a part comes decoded, with NUL as literal8", "[imap][rfc3516-4.3]") {
    using namespace std::string_view_literals;
    struct Case { std::string_view message, fetched; };
    const auto c = GENERATE(values<Case>({
        {"Content-Transfer-Encoding: base64\n\nYcOkYg==\n", "{4}\r\na\xc3\xa4" "b"},
        {"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nYQBi\n", "~{3}\r\na\0b"sv},
        {"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nYQpiDQo=\n", "{5}\r\na\nb\r\n"},  // a file as it is
        {"Content-Transfer-Encoding: base64\n\nYQpiDQo=\n", "{6}\r\na\r\nb\r\n"},                   // lines of text
        {"Content-Transfer-Encoding: quoted-printable\n\na=3D=\nb\n=0Ac", "{8}\r\na=b\r\n\r\nc"},
        {"Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable\n\nb\n=0A", "{4}\r\nb\r\n\n"},
        {"\nas it\nstands", "{13}\r\nas it\r\nstands"},
        {"Content-Type: a/b\nContent-Transfer-Encoding: binary\n\na\0\n"sv, "~{4}\r\na\0\r\n"sv},
        {"Subject: no body", "{0}\r\n"},
    }));
    CAPTURE(c.message);
    CHECK(fetched(c.message, "1") == c.fetched);
}

TEST_CASE("a partial is cut out of what is decoded", "[imap][rfc3516-4.2]") {
    const std::string_view message = "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nYWJjZABm\n";  // "abcd\0f"
    CHECK(fetched(message, "1", Partial{0, 3}) == "{3}\r\nabc");
    CHECK(fetched(message, "1", Partial{2, 100}) == std::string{"~{4}\r\ncd\0f", 10});
    CHECK(fetched(message, "1", Partial{5, 100}) == "{1}\r\nf");
    CHECK(fetched(message, "1", Partial{6, 1}) == "{0}\r\n");
    CHECK(fetched(message, "1", Partial{UINT64_MAX, UINT64_MAX}) == "{0}\r\n");
    CHECK(fetched(message, "1", Partial{1, UINT64_MAX}) == std::string{"~{5}\r\nbcd\0f", 11});
}

TEST_CASE("long content is decoded in pieces", "[imap]") {
    std::string message = "Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n";
    for (int i = 0; i < 3000; ++i) message += "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm8=\n";
    message.insert(message.size() / 2, "QUJD");
    const auto whole = fetched(message, "1");
    const auto content = whole.substr(whole.find('\n') + 1);
    for (std::uint64_t at = 0; at < content.size() + 5000; at += 4999) {
        const auto piece = content.substr(std::min<std::size_t>(at, content.size()), 20'000);
        CHECK(fetched(message, "1", Partial{at, 20'000}) == "{" + std::to_string(piece.size()) + "}\r\n" + piece);
    }
}

TEST_CASE("what has no encoding of its own comes as it stands", "[imap][rfc9051-6.4.5]") {
    const std::string_view message = "Content-Type: multipart/x; boundary=b\n\n--b\n"
                                     "Content-Type: multipart/x; boundary=c\n\n--c\n\nx\n--c--\n--b--\n";
    CHECK(fetched(message, "1") == "{15}\r\n--c\r\n\r\nx\r\n--c--");
    CHECK(fetched("Content-Transfer-Encoding: base64\n\nQQ==\n", "") == "{43}\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==\r\n");
    CHECK(fetched("Content-Type: message/rfc822\n\nA: b\n\nc", "1") == "{9}\r\nA: b\r\n\r\nc");
}

TEST_CASE("an encoding that nobody knows is told, and a part that is not there", "[imap][rfc3516-4.3]") {
    const std::string_view message = "Content-Transfer-Encoding: x-new\n\nabc\n";
    const auto structure = mime::read_structure(message);
    CHECK_FALSE(imap::find_binary(message, structure, "1")->can_be_decoded());
    CHECK_FALSE(imap::find_binary(message, structure, "2"));
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <random>
#include <string>

#include "text/base64.hpp"
#include "mime/decoder.hpp"

using namespace mailpipe::mime;

namespace {

struct Decoded {
    std::string text;
    bool is_sound;
    bool operator==(const Decoded&) const = default;
};

Decoded in_pieces(std::string_view body, TransferEncoding encoding, std::size_t size) {
    Decoder decoder{encoding};
    Decoded result{};
    for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) decoder.decode(body.substr(0, size), result.text);
    decoder.finish(result.text);
    result.is_sound = decoder.is_sound();
    return result;
}

void check(std::string_view body, TransferEncoding encoding, const Decoded& wanted) {
    CAPTURE(body);
    for (std::size_t size = 1; size <= body.size() + 1; ++size) {
        CAPTURE(size);
        const auto got = in_pieces(body, encoding, size);
        CHECK(got.text == wanted.text);
        CHECK(got.is_sound == wanted.is_sound);
    }
}

}  // namespace

TEST_CASE("base64 is decoded, and what does not belong there overlooked", "[mime][rfc2045-6.8]") {
    struct Case { std::string_view body; Decoded decoded; };
    const auto c = GENERATE(values<Case>({
        {"", {"", true}},
        {"QUJD", {"ABC", true}},
        {"QUI=", {"AB", true}},
        {"QQ==", {"A", true}},
        {"QUJD\r\nREVG\r\n", {"ABCDEF", true}},
        {"Q U\tJ\nD", {"ABC", true}},
        {"QUJDREVG\nQQ==\n\n", {"ABCDEFA", true}},
        {"QUJD!REVG", {"ABCDEF", false}},
        {"QUJ", {"AB", false}},
        {"QU", {"A", false}},
        {"Q", {"", false}},
        {"QQ==QUJD", {"A", false}},  // behind the padding
        {"QQ=", {"A", false}},
        {"=QUJD", {"ABC", false}},
        {"QUJD====", {"ABC", false}},
    }));
    check(c.body, TransferEncoding::base64, c.decoded);
}

TEST_CASE("quoted-printable is decoded line by line", "[mime][rfc2045-6.7]") {
    struct Case { std::string_view body; Decoded decoded; };
    const auto c = GENERATE(values<Case>({
        {"", {"", true}},
        {"plain\nlines\r\n", {"plain\nlines\r\n", true}},
        {"=41=3D=3d", {"A==", true}},
        {"soft=\nbreak=\r\ns", {"softbreaks", true}},
        {"soft= \t\nbreak", {"softbreak", true}},
        {"blanks \t\nat ends \r\nof lines  ", {"blanks\nat ends\r\nof lines", true}},
        {"a  b", {"a  b", true}},
        {"a=", {"a=", false}},
        {"a=4", {"a=4", false}},
        {"a=4x", {"a=4x", false}},
        {"a=xy", {"a=xy", false}},
        {"a=4\nb", {"a=4\nb", false}},
        {"a=4\r\nb", {"a=4\r\nb", false}},
        {"a=\rb", {"a=\rb", false}},
        {"a \r", {"a \r", true}},
        {"a==41", {"a=A", false}},
        {"a= b", {"a= b", false}},
        {"a\rb\r\r\n", {"a\rb\r\r\n", true}},
    }));
    check(c.body, TransferEncoding::quoted_printable, c.decoded);
}

TEST_CASE("uuencode is decoded between begin and end", "[mime]") {
    const std::string body = "begin 644 name\n#0V%T\n`\nend\n";
    check(body, TransferEncoding::uuencode, {"Cat", true});
    check("text\r\nbegin 644 name\r\n#0V%T\r\n \r\nend\r\nmore", TransferEncoding::uuencode, {"Cat", true});
    check("#0V%T\n", TransferEncoding::uuencode, {"", false});
    check("begin 644 name\n#0V%T\n", TransferEncoding::uuencode, {"Cat", false});
    CHECK_FALSE(in_pieces("begin 644 name\nM0V%T\nend\n", TransferEncoding::uuencode, 100).is_sound);
}

TEST_CASE("Other encodings change nothing", "[mime]") {
    for (const auto encoding : {TransferEncoding::seven_bit, TransferEncoding::binary, TransferEncoding::unknown}) {
        check("=41 QQ==\r\n", encoding, {"=41 QQ==\r\n", true});
    }
}

TEST_CASE("What is held between pieces does not grow", "[mime]") {
    const std::string blanks(1'000'000, ' ');
    CHECK(in_pieces(blanks + "x", TransferEncoding::quoted_printable, 4096).text.size() == 1'000'001);
    CHECK(in_pieces("=" + blanks + "\nx", TransferEncoding::quoted_printable, 4096).text.size() > 999'000);
    CHECK_FALSE(in_pieces("begin 6 x\n" + blanks, TransferEncoding::uuencode, 4096).is_sound);
}

TEST_CASE("base64 of any octets comes back", "[mime]") {
    std::mt19937 random{1};
    for (std::size_t size = 0; size < 300; ++size) {
        std::string octets(size, '\0');
        for (auto& c : octets) c = static_cast<char>(random());
        CHECK(decoded(mailpipe::text::base64_encode(octets), TransferEncoding::base64) == octets);
    }
}

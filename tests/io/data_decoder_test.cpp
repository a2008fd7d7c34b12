// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "io/data_decoder.hpp"

using mailpipe::io::DataDecoder;

namespace {

struct Decoded {
    std::string text;
    std::string rest;  // after the end of data
    bool end = false;
    bool bare = false;
    std::uint64_t wire = 0;
};

Decoded decode(std::string_view wire, std::size_t piece, DataDecoder::Form form = DataDecoder::Form::dotted) {
    DataDecoder decoder{form};
    Decoded result;
    while (!wire.empty()) {
        std::string buffer{wire.substr(0, piece)};
        wire.remove_prefix(buffer.size());
        const auto step = decoder.decode(buffer);
        result.text += step.before;
        result.text += step.text;
        if (!step.end) continue;
        result.end = true;
        result.rest = buffer.substr(step.consumed) + std::string{wire};
        break;
    }
    decoder.finish();
    result.bare = decoder.saw_bare_newline();
    result.wire = decoder.wire_octets();
    return result;
}

}  // namespace

TEST_CASE("Only CRLF.CRLF ends the data, however the packets fall", "[io][rfc5321-4.5.2]") {
    struct Case { std::string_view wire, text, rest; bool end, bare; };
    const auto c = GENERATE(values<Case>({
        {"a\r\nb\r\n.\r\n", "a\nb\n", "", true, false},
        {".\r\n", "", "", true, false},
        {"a\r\n.\r\nQUIT\r\n", "a\n", "QUIT\r\n", true, false},
        {"..\r\n.\r\n", ".\n", "", true, false},
        {".a\r\n..b\r\n.\r\n", "a\n.b\n", "", true, false},
        {"a\n.\n", "a\n.\n", "", false, true},
        {"a\r.\r", "a\n.\n", "", false, true},
        {"a\r\n.\n", "a\n\n", "", false, true},
        {"a\n.\r\n", "a\n.\n", "", false, true},
        {"a\r.\r\n", "a\n.\n", "", false, true},
        {"a\r\n.\rb\r\n.\r\n", "a\n\nb\n", "", true, true},
        {"a\r\r\n.\r\n", "a\n\n", "", true, true},
        {"a\n\r\n.\r\nb", "a\n\n", "b", true, true},
        {"a\r\n.\r\r\n", "a\n\n\n", "", false, true},
        {"a\r\n\n.\r\n", "a\n\n.\n", "", false, true},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.wire, piece);
    const auto got = decode(c.wire, piece);
    CHECK(got.text == c.text);
    CHECK(got.end == c.end);
    CHECK(got.bare == c.bare);
    if (c.end) CHECK(got.rest == c.rest);
}

TEST_CASE("Octets are counted as on the wire, without dot-stuffing", "[io][rfc1870-5]") {
    const auto piece = GENERATE(std::size_t{1}, 1000);
    CHECK(decode("a\r\n..b\r\n.\r\n", piece).wire == 7);
    CHECK(decode(".\r\n", piece).wire == 0);
}

TEST_CASE("BDAT has no dot rules", "[io][rfc3030-2]") {
    const auto piece = GENERATE(std::size_t{1}, 1000);
    CHECK(decode(".\r\n..\r\n", piece, DataDecoder::Form::chunked).text == ".\n..\n");
    CHECK(decode("a\r", piece, DataDecoder::Form::chunked).bare);
    CHECK_FALSE(decode("a", piece, DataDecoder::Form::chunked).bare);
}

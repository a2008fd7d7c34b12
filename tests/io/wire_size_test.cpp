// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string_view>

#include "io/wire_size.hpp"

using mailpipe::io::WireSize;

TEST_CASE("LF and CRLF count as CRLF, a CR alone as itself, however the message is cut", "[io][rfc1870-5]") {
    struct Case { std::string_view text; std::uint64_t octets; };
    const auto c = GENERATE(values<Case>({
        {"", 0}, {"a", 1}, {"a\n", 3}, {"a\r\n", 3}, {"a\r", 2}, {"a\rb", 3}, {"a\r\r\nb\n\n", 9}, {"\n\r\n\r", 5}, {".\n", 3},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 100);
    CAPTURE(c.text, piece);
    WireSize size;
    for (std::size_t at = 0; at < c.text.size(); at += piece) size.add(c.text.substr(at, piece));
    CHECK(size.octets() == c.octets);
}

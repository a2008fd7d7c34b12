// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "io/wire_text.hpp"

using namespace mailpipe;

namespace {

std::string encoded(std::string_view text, std::size_t piece, io::Dots dots) {
    io::WireText wire{dots, io::BareCr::line_end};
    std::vector<char> out(text.size() * 3 + 1);
    auto* end = out.data();
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) end = wire.encode(text.substr(0, piece), end);
    return std::string{out.data(), end}.append(wire.finish());
}

}  // namespace

TEST_CASE("Where octets are counted a dot stays a dot", "[io][rfc3030-2]") {
    struct Case { std::string_view text, kept, stuffed; };
    const auto c = GENERATE(values<Case>({
        {"", "", ""}, {".\n", ".\r\n", "..\r\n"}, {"a\n.b", "a\r\n.b\r\n", "a\r\n..b\r\n"}, {"a\r\n..\r\n", "a\r\n..\r\n", "a\r\n...\r\n"},
        {"a\r.\rb", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"}, {"\n\n", "\r\n\r\n", "\r\n\r\n"},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.text, piece);
    CHECK(encoded(c.text, piece, io::Dots::kept) == c.kept);
    CHECK(encoded(c.text, piece, io::Dots::stuffed) == c.stuffed);
}

TEST_CASE("No octet grows to more than it may", "[io]") {
    using io::WireText;
    const auto each = [](std::string_view octets, io::Dots dots) { return encoded(octets, 1, dots).size(); };
    CHECK(each(std::string(1000, '\r'), io::Dots::kept) == 1000 * WireText::most_growth_with_dots_kept);
    CHECK(each(std::string(1000, '\n'), io::Dots::kept) == 1000 * WireText::most_growth_with_dots_kept);
    WireText text{io::Dots::stuffed, io::BareCr::line_end};
    char out[2 * WireText::most_growth];
    CHECK(text.encode(".\r", out) - out == 4);
}

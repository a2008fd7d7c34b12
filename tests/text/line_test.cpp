// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "text/line.hpp"

using mailpipe::text::take_line;

TEST_CASE("Lines are taken off without their ends", "[text]") {
    std::string_view text = "one\r\n\ntwo\r\r\nlast";
    std::vector<std::string> lines;
    while (!text.empty()) lines.emplace_back(take_line(text));
    CHECK(lines == std::vector<std::string>{"one", "", "two\r", "last"});
}

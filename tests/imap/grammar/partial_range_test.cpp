// SPDX-License-Identifier: ISC
#include "imap/grammar/partial_range.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

TEST_CASE("A page is told the way that it was asked for, the smaller number first", "[imap][rfc9394-4]") {
    struct Case { std::string_view text, told; };
    const auto c = GENERATE(values<Case>({{"1:100", "1:100"}, {"100:1", "1:100"}, {"-1:-100", "-1:-100"}, {"-100:-1", "-1:-100"}, {"7:7", "7:7"}}));
    imap::Arguments in{"", c.text, imap::Utf8::off};
    CHECK(to_string(imap::take_partial_range(in)) == c.told);
    CHECK(in.finish(true));
}

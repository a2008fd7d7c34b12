// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "queue/file_name.hpp"

using mailpipe::queue::FileName;
using mailpipe::queue::parse_file_name;

TEST_CASE("A spool file's name comes apart and together again", "[queue]") {
    const auto c = GENERATE(values<std::pair<std::string_view, FileName>>({
        {"1.M2P3Q4.h,S=10,W=12", {"1.M2P3Q4.h", 10, 12, {}}},
        {"1.M2P3Q4.h,S=0,W=0:1,99", {"1.M2P3Q4.h", 0, 0, 99}},
        {"x,S=18446744073709551615,W=1:1,9223372036854775807", {"x", UINT64_MAX, 1, INT64_MAX}},
    }));
    CAPTURE(c.first);
    CHECK(parse_file_name(c.first) == c.second);
    CHECK(to_string(c.second) == c.first);
}

TEST_CASE("What is no name of a message is none", "[queue]") {
    const std::string_view name = GENERATE(
        "", ".", ".x,S=1,W=1", "x", "x,S=1", "x,W=1,S=1", "x,S=,W=1", "x,S=-1,W=1", "x,S=1,W=1 ", "x,S=1,W=1:2,S", "x,S=1,W=1:1,",
        "x,S=1,W=1:1,-5", "x,S=18446744073709551616,W=1", "x,S=1,W=1:1,9223372036854775808", ",S=1,W=1", "a b,S=1,W=1",
        "x,S=007,W=1", "x,S=1,W=01", "x,S=1,W=1:1,01", "x,S=1,W=1:1,00");
    CAPTURE(name);
    CHECK_FALSE(parse_file_name(name));
}

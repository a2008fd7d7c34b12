// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "sasl/plain.hpp"

using namespace mailpipe::sasl;
using namespace std::string_literals;

TEST_CASE("PLAIN is three parts between two NULs", "[sasl][rfc4616-2]") {
    struct Case { std::string message; bool good; };
    const auto c = GENERATE(values<Case>({
        {"\0user\0secret"s, true}, {"user\0user\0secret"s, true}, {"other\0user\0secret"s, true},
        {"", false}, {"user"s, false}, {"\0user"s, false}, {"\0\0secret"s, false}, {"\0user\0"s, false},
        {"\0user\0sec\0ret"s, false},
    }));
    CAPTURE(c.message);
    const auto got = parse_plain(c.message);
    REQUIRE(got.has_value() == c.good);
    if (!got) return;
    CHECK(got->name == "user");
    CHECK(got->password == "secret");
    CHECK(got->for_self() == (got->authorization != "other"));
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "store/quota.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

TEST_CASE("A quota is a number of octets, of messages, or both", "[store]") {
    struct Case { std::string_view text; std::optional<Quota> quota; };
    const auto c = GENERATE(values<Case>({
        {"", Quota{}}, {"10M", Quota{10 << 20, 0}}, {"10M,1000C", Quota{10 << 20, 1000}}, {"1000C", Quota{0, 1000}},
        {"10000000S,1000C", Quota{10000000, 1000}}, {"1000c, 1k", Quota{1024, 1000}}, {"5", Quota{5, 0}},
        {"0S", Quota{}}, {"8191T", Quota{8191ULL << 40, 0}}, {"18446744073709551615S", Quota{UINT64_MAX, 0}},
        {"18446744073709551616S", {}}, {"18014398509481984K", {}}, {"M", {}}, {"C", {}}, {",", {}}, {"10X", {}}, {"-1", {}}, {"1,,2", {}},
    }));
    CAPTURE(c.text);
    const auto got = parse_quota(c.text);
    REQUIRE(got.has_value() == c.quota.has_value());
    if (got) CHECK(*got == *c.quota);
    else CHECK(exit_status(got.error()) == ExitStatus::configuration);
    if (got) CHECK(parse_quota(to_string(*got)).value() == *got);
}

// SPDX-License-Identifier: ISC
#include "mail/address_format.hpp"

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "support/catch.hpp"

using namespace mailpipe;
using namespace mailpipe::mail;

TEST_CASE("Addresses are written as RFC 5322 wants them", "[mail][rfc5322-3.4]") {
    struct Case { std::string_view value, written; };
    const auto c = GENERATE(values<Case>({
        {"", ""},
        {"a@b.example", "a@b.example"},
        {"<a@b.example>,c@d.example", "a@b.example, c@d.example"},
        {"Joe Doe <joe@d.example>", "Joe Doe <joe@d.example>"},
        {"\"Joe Q. Doe\" <joe@d.example>", "\"Joe Q. Doe\" <joe@d.example>"},
        {"\"Doe, Joe \\\"J\\\"\" <joe@d.example>", "\"Doe, Joe \\\"J\\\"\" <joe@d.example>"},
        {"J\xc3\xb6rg <j@d.example>", "=?utf-8?b?SsO2cmc=?= <j@d.example>"},
        {"\"J\xc3\xb6rg (x), y\" <j@d.example>", "=?utf-8?b?SsO2cmcgKHgpLCB5?= <j@d.example>"},
        {"=?utf-8?q?x?= <j@d.example>", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <j@d.example>"},
        {"joe@d.example (Joe)", "Joe <joe@d.example>"},
        {"\"a b\"@d.example", "\"a b\"@d.example"},
        {"a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
        {"undisclosed-recipients:;", "undisclosed-recipients:;"},
        {"x@d.example, A B: a@d.example, b@d.example;, c@d.example", "x@d.example, A B: a@d.example, b@d.example;, c@d.example"},
        {"\xc3\xa9@d.example", "\xc3\xa9@d.example"},  // never an encoded-word
    }));
    CAPTURE(c.value);
    const auto list = parse_address_list(c.value);
    CHECK(format_address_list(list, 4) == c.written);
}

TEST_CASE("A long list is folded, and read back the same", "[mail]") {
    std::string value;
    for (int n = 0; n < 50; ++n) {
        value += (n == 0 ? "J\xc3\xb6rg " : ", J\xc3\xb6rg ") + std::string(static_cast<std::size_t>(n) * 3, 'x') + " <j" +
                 std::to_string(n) + "@d.example>, plain" + std::to_string(n) + "@d.example";
    }
    const auto before = parse_address_list(value);
    const auto written = format_address_list(before, 4);
    std::string_view left = written;
    while (!left.empty()) {
        const auto line = left.substr(0, left.find('\n'));
        CHECK(line.size() <= 76);
        CHECK_FALSE(trim(line).empty());
        left.remove_prefix(std::min(line.size() + 1, left.size()));
        CHECK((left.empty() || left.starts_with(' ')));
    }
    const auto after = parse_address_list(unfold(written));
    REQUIRE(after.is_valid);
    REQUIRE(after.groups.size() == 1);
    REQUIRE(after.groups[0].members.size() == 100);
    for (std::size_t n = 0; n < 100; ++n) {
        CHECK(addr_spec(after.groups[0].members[n]) == addr_spec(before.groups[0].members[n]));
        CHECK(decoded_name(after.groups[0].members[n].name) == before.groups[0].members[n].name);
    }
}

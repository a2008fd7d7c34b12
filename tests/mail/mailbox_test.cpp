// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/mailbox.hpp"

using namespace mailpipe::mail;

TEST_CASE("A mailbox is written with no more quoting than it needs", "[mail][rfc5321-4.1.2]") {
    struct Case { std::string_view text, local_part, domain, written; };
    const auto c = GENERATE(values<Case>({
        {"a@b.example", "a", "b.example", "a@b.example"},
        {"A.B+c@Example.ORG", "A.B+c", "Example.ORG", "A.B+c@Example.ORG"},
        {"\"a\"@b", "a", "b", "a@b"},
        {"\"a\\b\"@b", "ab", "b", "ab@b"},
        {"\"a b\"@b", "a b", "b", "\"a b\"@b"},
        {"\"a\\\"b\\\\c\"@b", "a\"b\\c", "b", "\"a\\\"b\\\\c\"@b"},
        {"\"a@b\"@c", "a@b", "c", "\"a@b\"@c"},
        {"\"\"@b", "", "b", "\"\"@b"},
        {"\".a.\"@b", ".a.", "b", "\".a.\"@b"},
        {"a@[192.0.2.1]", "a", "[192.0.2.1]", "a@[192.0.2.1]"},
        {"a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
        {"\xc3\xa9@\xc3\xa9.example", "\xc3\xa9", "\xc3\xa9.example", "\xc3\xa9@\xc3\xa9.example"},
        {"a@under_score.example", "a", "under_score.example", "a@under_score.example"},
    }));
    CAPTURE(c.text);
    const auto got = parse_mailbox(c.text);
    REQUIRE(got);
    CHECK(got->local_part == c.local_part);
    CHECK(got->domain == c.domain);
    CHECK(to_string(*got) == c.written);
    CHECK(parse_mailbox(to_string(*got)) == *got);
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/mailbox.hpp"

using namespace mailpipe;
using namespace mailpipe::mail;

TEST_CASE("A mailbox is written with no more quoting than it needs", "[mail][rfc5321-4.1.2]") {
    struct Case { std::string_view text, local_part, domain, written; };
    const auto c = GENERATE(values<Case>({
        {"a@b.example", "a", "b.example", "a@b.example"},
        {"A.B+c@Example.ORG", "A.B+c", "Example.ORG", "A.B+c@Example.ORG"},
        {"!#$%&'*+-/=?^_`{|}~@b", "!#$%&'*+-/=?^_`{|}~", "b", "!#$%&'*+-/=?^_`{|}~@b"},
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
    }));
    CAPTURE(c.text);
    const auto got = parse_mailbox(c.text);
    REQUIRE(got);
    CHECK(got->local_part == c.local_part);
    CHECK(got->domain == c.domain);
    CHECK(to_string(*got) == c.written);
    CHECK(parse_mailbox(to_string(*got)) == *got);
}

TEST_CASE("What is no mailbox is refused for good", "[mail][rfc5321-4.1.2]") {
    const std::string_view text = GENERATE(
        "", "a", "@b", "a@", "a@@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a b@c", "\"a@b", "\"a\"b@c", "a\"b\"@c",
        "\"a\nb\"@c", "\"\\\n\"@c", "\"\\\xc3\xa9\"@c", "a\r@b", "a@b\n", "a@b ", " a@b", "<a@b>", "(x)a@b", "a@b(x)",
        "a@b.", "a@.b", "a@[1.2.3]", "a@[x-tag:1]", "a@[192.0.2.1", "\xff@b", "a@\xc3");
    CAPTURE(text);
    const auto got = parse_mailbox(text);
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == Fault::permanent);
}

TEST_CASE("An address may be a name alone, which is not empty", "[mail]") {
    CHECK(parse_address("a.b").value() == Mailbox{"a.b", ""});
    CHECK(parse_address("\"a@b\"").value() == Mailbox{"a@b", ""});
    CHECK(parse_address("a@b").value() == Mailbox{"a", "b"});
    CHECK(parse_address("\"\"@b").value() == Mailbox{"", "b"});
    CHECK(parse_address(std::string(254, 'a')));
    const std::string text = GENERATE("", "\"\"", "a b", "a@", "@b", "\"a", "a.", "\xff", std::string(255, 'a'));
    CAPTURE(text);
    const auto got = parse_address(text);
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == Fault::permanent);
}

TEST_CASE("A mailbox has 254 octets at most, as it stands", "[mail][rfc5321-4.5.3.1.3]") {
    const auto some = [](std::size_t n) { return std::string(n, 'a'); };
    CHECK(parse_mailbox(some(64) + "@b"));
    CHECK(parse_mailbox(some(65) + "@b"));  // SRS1 and VERP make such
    CHECK(parse_mailbox(some(252) + "@b"));
    CHECK_FALSE(parse_mailbox(some(253) + "@b"));
    CHECK(parse_mailbox('"' + some(250) + "\"@b"));
    CHECK_FALSE(parse_mailbox('"' + some(251) + "\"@b"));

    const std::string labels = some(60) + '.' + some(60) + '.' + some(60);  // 182
    CHECK(parse_mailbox(some(64) + '@' + some(6) + '.' + labels));
    CHECK_FALSE(parse_mailbox(some(64) + '@' + some(7) + '.' + labels));
}

TEST_CASE("Local-parts differ by case, domains do not", "[mail][rfc5321-2.4]") {
    const Mailbox mailbox{"Local", "Example.ORG"};
    CHECK(mailbox == Mailbox{"Local", "example.org"});
    CHECK_FALSE(mailbox == Mailbox{"local", "Example.ORG"});
    CHECK_FALSE(mailbox == Mailbox{"Local", "example.com"});
}

TEST_CASE("Only what is beyond ASCII needs SMTPUTF8", "[mail][rfc6531-3.3]") {
    CHECK_FALSE(needs_utf8({"a", "xn--bcher-kva.example"}));
    CHECK(needs_utf8({"\xc3\xa9", "b"}));
    CHECK(needs_utf8({"a", "b\xc3\xbc" "cher.example"}));
}

TEST_CASE("A bare postmaster is written without an @", "[mail][rfc5321-4.1.1.3]") {
    CHECK(to_string({"Postmaster", ""}) == "Postmaster");
}

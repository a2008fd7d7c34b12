// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/mailbox.hpp"
#include "mail/message_id.hpp"

using namespace mailpipe;

TEST_CASE("A message identifier is unique, and shaped as an address", "[mail][rfc5322-3.6.4]") {
    const Time now{};
    const auto id = mail::new_message_id(now, "mx.example");
    CHECK(id != mail::new_message_id(now, "mx.example"));
    REQUIRE(id.front() == '<');
    REQUIRE(id.back() == '>');
    const auto inside = mail::parse_mailbox(std::string_view{id}.substr(1, id.size() - 2));
    REQUIRE(inside);
    CHECK(inside->domain == "mx.example");
}

TEST_CASE("Message identifiers are read in their order, without brackets", "[mail][rfc5322-3.6.4][rfc5322-4.5.4]") {
    using Ids = std::vector<std::string>;
    struct Case { std::string_view value; Ids ids; };
    const auto c = GENERATE(values<Case>({
        {"", {}}, {"<>", {}}, {" <a@b>", {"a@b"}}, {"<a@b> <c@d>\r\n\t<e@f>", {"a@b", "c@d", "e@f"}}, {"<a@b><c@d>", {"a@b", "c@d"}},
        {"<a @ (x) b . c>", {"a@b.c"}}, {"<a\r\n b@c>", {"ab@c"}}, {"<\"a\"@b>", {"a@b"}}, {"<\"a>b\"@c>", {"\"a>b\"@c"}},
        {"<a@[192.0.2.1]>", {"a@[192.0.2.1]"}}, {"<a:b$c@d>", {"a:b$c@d"}}, {"<no-at>", {"no-at"}},
        {"Your message of \"Fri, 06 Sep 2002 <x@y>\" (see <z@y>) <a@b>", {"a@b"}},
        {"<a@b>; from joe@c on Tue", {"a@b"}}, {"a@b", {"a@b"}}, {" a@b, c@d ", {"a@b", "c@d"}}, {"a", {"a"}}, {"a b", {}},
        {"<a@b <c@d>", {"a@b", "c@d"}}, {"<a@b of Tue", {"a@b"}}, {"a@b> c@d", {"a@b", "c@d"}},
        {"\"no end <a@b>", {"a@b"}}, {"(no end <a@b>", {"a@b"}}, {"<a\"b@c> <d(e@f>", {"a\"b@c", "d(e@f"}},
        {"<a@b\xc3\xa9>", {"a@b\xc3\xa9"}},
    }));
    CAPTURE(c.value);
    CHECK(mail::parse_message_ids(c.value) == c.ids);
}

TEST_CASE("Message identifiers are read in proportion, and not more than a thousand", "[mail]") {
    const std::string_view piece = GENERATE("<a@b>", "a@b ", "<", "<\"", "<(", "\"", "(", "\\\"");
    CAPTURE(piece);
    std::string value;
    while (value.size() < 300'000) value += piece;
    CHECK(mail::parse_message_ids(value).size() <= mail::max_message_ids);
}

TEST_CASE("Identifiers side by side get a blank between them", "[mail][rfc5322-3.6.4]") {
    struct Case { std::string_view value, apart; };
    const auto c = GENERATE(values<Case>({
        {"<a@b>", "<a@b>"}, {"<a@b><c@d><e@f>", "<a@b> <c@d> <e@f>"}, {"<a@b> <c@d>", "<a@b> <c@d>"}, {"", ""},
        {"<\"><\"@b><c@d>", "<\"><\"@b> <c@d>"}, {"<\"\\\"><\"@b>", "<\"\\\"><\"@b>"}, {"\"\\", "\"\\"},
    }));
    CHECK(mailpipe::mail::with_blanks_between(c.value) == c.apart);
}

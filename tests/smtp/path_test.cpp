// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "smtp/path.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

TEST_CASE("A path is a mailbox in brackets, and parameters follow", "[smtp][rfc5321-4.1.2]") {
    struct Case { std::string_view text, mailbox, rest; };
    const auto c = GENERATE(values<Case>({
        {"<a@b>", "a@b", ""},
        {"<a@b> SIZE=1 X=y", "a@b", "SIZE=1 X=y"},
        {" <a@b>", "a@b", ""},
        {"a@b", "a@b", ""},
        {"a@b SIZE=1", "a@b", "SIZE=1"},
        {"<\"a> b\"@c>", "\"a> b\"@c", ""},
        {"<\"a\\\"> b\"@c> X", "\"a\\\"> b\"@c", "X"},
        {"\"a b\"@c X", "\"a b\"@c", "X"},
        {"<@x:a@b>", "a@b", ""},
        {"<@x,@[192.0.2.1]:a@b> X", "a@b", "X"},
    }));
    CAPTURE(c.text);
    const auto reverse = parse_reverse_path(c.text);
    REQUIRE(reverse);
    CHECK(to_string(reverse->sender.value()) == c.mailbox);
    CHECK(reverse->rest == c.rest);
    const auto forward = parse_forward_path(c.text);
    REQUIRE(forward);
    CHECK(to_string(forward->recipient) == c.mailbox);
    CHECK(forward->rest == c.rest);
}

TEST_CASE("What is no path is refused for good", "[smtp][rfc5321-4.1.2]") {
    const std::string_view text = GENERATE(
        "", " ", "<", "<a@b", "<a@b>x", "<a@b><c@d>", "<a>", "<a@b,c@d>", "<@x>", "<@x:>a@b", "<@x a@b>", "<@:a@b>",
        "<@x,a@b:c@d>", "<@x,:a@b>", "<<a@b>>", "< a@b >", "<\"a@b>", "<a@b\t>", "a b@c", "<a@b\r>");
    CAPTURE(text);
    CHECK_FALSE(parse_reverse_path(text));
    CHECK_FALSE(parse_forward_path(text));
}

TEST_CASE("Only a reverse-path may be null", "[smtp][rfc5321-4.5.5]") {
    const auto null = parse_reverse_path("<> SIZE=1");
    REQUIRE(null);
    CHECK_FALSE(null->sender);
    CHECK(null->rest == "SIZE=1");
    CHECK_FALSE(parse_forward_path("<>"));
}

TEST_CASE("Postmaster may stand without a domain, as a recipient", "[smtp][rfc5321-4.1.1.3]") {
    const auto got = parse_forward_path("<PostMaster> NOTIFY=NEVER");
    REQUIRE(got);
    CHECK(got->recipient.local_part == "PostMaster");
    CHECK(got->recipient.domain.empty());
    CHECK(got->rest == "NOTIFY=NEVER");
    CHECK_FALSE(parse_reverse_path("<postmaster>"));
    CHECK_FALSE(parse_forward_path("<hostmaster>"));
}

TEST_CASE("A path has 256 octets at most", "[smtp][rfc5321-4.5.3.1.3]") {
    const std::string hosts = "@" + std::string(60, 'a') + "." + std::string(60, 'a') + "." + std::string(60, 'a');
    const auto route = [&](std::size_t n) { return "<" + hosts + ",@" + std::string(n, 'b') + ":" + std::string(7, 'c') + "@d>"; };
    REQUIRE(route(59).size() == 256);
    CHECK(parse_forward_path(route(59)));
    CHECK_FALSE(parse_forward_path(route(60)));
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/operator/selection.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using test::envelope_to;
using Numbers = std::vector<std::size_t>;

namespace {

using Text = std::optional<std::string>;

mta::Selection selection(const Text& sender, const Text& recipient, const Text& site) {
    return mta::parse_selection(sender, recipient, site).value();
}

}  // namespace

TEST_CASE("An address is meant by itself, by its domain, and as the null sender", "[mta]") {
    struct Case {
        std::string_view pattern;
        std::string_view address;
        bool matches;
    };
    const auto c = GENERATE(values<Case>({
        {"bob@b.example", "bob@b.example", true}, {"<bob@b.example>", "bob@b.example", true}, {"BOB@B.Example", "bob@b.example", true},
        {"@b.example", "bob@b.example", true}, {"@B.EXAMPLE", "eve@b.example", true}, {"<@b.example>", "eve@b.example", true},
        {"bob@b.example", "rob@b.example", false}, {"bob@b.example", "bob@sub.b.example", false},
        {"@b.example", "bob@sub.b.example", false},
        {"<>", "", true}, {"<>", "bob@b.example", false}, {"bob@b.example", "", false}, {"@b.example", "", false},
        {"\"a b\"@b.example", "\"a b\"@b.example", true},
    }));
    CAPTURE(c.pattern, c.address);
    const auto path = c.address.empty() ? mail::ReversePath{} : mail::ReversePath{test::mailbox(c.address)};
    CHECK(mta::AddressPattern::parse(c.pattern).value().matches(path) == c.matches);
}

TEST_CASE("What is no address or site is a wrong command line", "[mta]") {
    for (const auto* text : {"", "@", "<@>", "bob", "bob@", "@b@c", "bob@b.example>", "a b@c.example"}) {
        CAPTURE(text);
        const auto parsed = mta::AddressPattern::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().status == ExitStatus::usage);
    }
    CHECK_FALSE(mta::parse_selection({}, "<>", {}));
    CHECK_FALSE(mta::parse_selection({}, {}, ""));
    CHECK_FALSE(mta::parse_selection({}, {}, "@"));
    CHECK(mta::parse_selection({}, {}, {}).value().is_empty());
}

TEST_CASE("Only those who wait are meant", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"a@b.example", "c@D.example", "e@d.example"}));
    CHECK(selection({}, {}, {}).recipients_of(message) == Numbers{0, 1, 2});
    CHECK(selection({}, "@d.example", {}).recipients_of(message) == Numbers{1, 2});
    message.note({1, 3, Event::delivered, 250, "2.0.0", "ok"});
    CHECK(selection({}, "@d.example", {}).recipients_of(message) == Numbers{1});
    CHECK_FALSE(selection({}, "e@d.example", {}).matches(message));
    CHECK(selection("alice@here.example", "@d.example", {}).matches(message));
    CHECK_FALSE(selection("bob@here.example", "@d.example", {}).matches(message));
    CHECK_FALSE(selection("<>", {}, {}).matches(message));
}

TEST_CASE("Where nobody waits any more all recipients count", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"a@b.example", "c@d.example"}, ""));
    message.note({1, 1, Event::delivered, 250, "2.0.0", "ok"});
    message.note({1, 2, Event::failed, 550, "5.1.1", "no"});
    CHECK(selection("<>", "c@d.example", {}).recipients_of(message) == Numbers{1});
}

TEST_CASE("A site is meant by its name, and by a domain whose mail goes there", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"a@b.example", "c@d.example"}));
    message.note({1, 1, Event::routed, 250, "2.0.0", "mx.provider.example"});
    CHECK(selection({}, {}, "MX.provider.example").recipients_of(message) == Numbers{0});
    CHECK(selection({}, {}, "B.example").recipients_of(message) == Numbers{0});
    CHECK(selection({}, {}, "@d.EXAMPLE").recipients_of(message) == Numbers{1});
    CHECK(selection({}, {}, "@mx.provider.example").recipients_of(message).empty());
    CHECK(selection({}, "a@b.example", "d.example").recipients_of(message).empty());
}

TEST_CASE("Who an alias stands for is meant by the alias, too", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"team@here.example", "x@here.example"}));
    message.note({1, 1, Event::expanded, 250, "2.0.0", "devs@here.example\tz@z.example"});
    message.note({1, 3, Event::expanded, 250, "2.0.0", "y@y.example"});
    CHECK(selection({}, "team@here.example", {}).recipients_of(message) == Numbers{3, 4});
    CHECK(selection({}, "devs@here.example", {}).recipients_of(message) == Numbers{4});
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/operator/queue_by_site.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using queue::State;
using test::envelope_to;

TEST_CASE("What varies in the replies to one trouble is folded", "[mta]") {
    struct Case {
        std::string_view text, folded;
    };
    const auto c = GENERATE(values<Case>({
        {"mailbox is full", "mailbox is full"},
        {"", ""},
        {"mx1.example.org[192.0.2.1]:25: try later", "try later"},
        {" mx1.example.org[192.0.2.1]:25:", ""},
        {"mx1.example.org[192.0.2.1]:25 to RCPT: try later", "try later"},
        {"mx1.example.org[192.0.2.1]:25 to mail data: try later", "try later"},
        {"mx1.example.org[192.0.2.1]:25 at EHLO: timed out", "timed out"},
        {"mx1.example.org[2001:db8::1]:25: try later", "try later"},
        {"<bob@example.org>: Recipient address rejected: Greylisted", "<ADDRESS>: Recipient address rejected: Greylisted"},
        {"rate limited [192.0.2.1] (S775)", "rate limited [IP] (S775)"},
        {"from 2001:db8::15.", "from IP."},
        {"[TSS04] Messages from 192.0.2.77 deferred - 4.16.55.1;", "[TSS04] Messages from IP deferred - IP;"},
        {"d75a77b69052e-4ed6d1ab2c3si1234567.89 - gsmtp", "ID - gsmtp"},
        {"[AM6EUR05FT024.mail.protection.outlook.com 2026-11-23T03:38:25.369Z]", "[ID ID]"},
        {"try again in 287 seconds", "try again in N seconds"},
        {"at 10:23:45, load 7.5", "at N, load N"},
        {"see https://www.spamhaus.org/query/ip/192.0.2.1", "see https://www.spamhaus.org/query/ip/..."},
        {"see https://example.org/help.", "see https://example.org/help."},
        {"two  blanks\nand\ta line", "two blanks and a line"},
        {"<<<>>>", "<<<>>>"},
    }));
    CAPTURE(c.text);
    CHECK(mta::fold_reason(c.text) == c.folded);
}

TEST_CASE("Who waits is counted by site and reason, what is most first", "[mta]") {
    test::SpoolSite site;
    mta::QueueBySite sites;
    const auto now = unix_seconds(site.clock.now()) + 3600;
    auto first = site.take(envelope_to({"a@b.example", "b@b.example", "c@C.example", "d@c.example"}));
    const auto id = first.name().id;
    first.note({1, 1, Event::routed, 250, "2.0.0", "mx.b.example"});
    first.note({1, 2, Event::routed, 250, "2.0.0", "mx.b.example"});
    first.note({1, 1, Event::deferred, 451, "4.7.1", "mx.b.example[192.0.2.1]:25: wait 10 seconds"});
    first.note({1, 2, Event::deferred, 451, "4.7.1", "mx2.b.example[192.0.2.2]:25 to RCPT: wait 20 seconds"});
    first.note({1, 4, Event::failed, 550, "5.1.1", "no"});
    sites.add(State::held, first, {}, now);
    site.clock.advance(std::chrono::seconds{100});
    auto second = site.take(envelope_to({"e@e.example"}));
    const auto second_id = second.name().id;
    second.note({1, 1, Event::routed, 250, "2.0.0", "mx.b.example"});
    second.note({1, 1, Event::deferred, 421, "4.4.2", "gone"});
    sites.add(State::active, second, {}, now);

    std::vector<std::string> lines;
    for (const auto& group : sites.groups()) lines.push_back(mta::group_line(group, now));
    CHECK(lines == std::vector<std::string>{"2 mx.b.example 60m " + id + " held 451 4.7.1 wait N seconds",
                                            "1 mx.b.example 58m " + second_id + " due 421 4.4.2 gone",
                                            "1 c.example 60m " + id + " held not tried yet"});
    const auto group = sites.groups()[0];
    CHECK(group.messages == 1);
    CHECK(mta::group_json(group) == "{\"version\":1,\"site\":\"mx.b.example\",\"reason\":\"451 4.7.1 wait N seconds\",\"recipients\":2,"
                                    "\"messages\":1,\"oldest\":\"2023-11-14T22:13:20.000000Z\",\"id\":\"" + id + "\"}");
}

TEST_CASE("A group is tried when the first of its messages is", "[mta]") {
    test::SpoolSite site;
    mta::QueueBySite sites;
    for (const std::int64_t due : {5000, 3000, 4000}) {
        const auto name = site.take(envelope_to({"a@b.example"})).name();
        REQUIRE(site.claims.put_back(name, due));
        const auto file = to_string(queue::FileName{name.id, name.octets, name.wire_octets, due});
        const auto message = queue::Message::open(site.spool.waiting(), file, queue::Message::Access::look).value();
        sites.add(State::waiting, message, {}, 1000);
    }
    const auto groups = sites.groups();
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].due == 3000);
    CHECK(groups[0].messages == 3);
    CHECK_THAT(mta::group_line(groups[0], 2940), Catch::Matchers::Contains(" in 60s not tried yet"));
    CHECK_THAT(mta::group_line(groups[0], 3000), Catch::Matchers::Contains(" due not tried yet"));
}

TEST_CASE("Only who is meant is counted", "[mta]") {
    test::SpoolSite site;
    mta::QueueBySite sites;
    const auto message = site.take(envelope_to({"a@b.example", "c@d.example"}));
    sites.add(State::fresh, message, mta::parse_selection({}, {}, "d.example").value(), 0);
    REQUIRE(sites.groups().size() == 1);
    CHECK(sites.groups()[0].site == "d.example");
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <unistd.h>

#include "mta/outcome/queue_gauges.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using queue::State;
using test::envelope_to;

namespace {

/// "site recipients age", in their order.
std::vector<std::string> sites_of(const mta::QueueLevels& levels) {
    std::vector<std::string> lines;
    for (const auto& level : levels.sites) {
        lines.push_back(level.site + ' ' + std::to_string(level.recipients) + ' ' + std::to_string(level.oldest_age));
    }
    return lines;
}

const auto& of(const mta::QueueLevels& levels, State state) { return levels.states[static_cast<std::size_t>(state)]; }

}  // namespace

TEST_CASE("The queue's levels are told by state, and by site for who waits", "[mta]") {
    test::SpoolSite site;
    mta::QueueGauges gauges;
    const auto begin = unix_seconds(site.clock.now());
    const auto none = gauges.look(site.spool, begin).value();
    CHECK(none.states[0].messages + none.states[1].messages + none.states[2].messages + none.states[3].messages + none.due == 0);
    CHECK(none.sites.empty());

    const auto held = site.take(envelope_to({"h@held.example"})).name();
    REQUIRE(site.claims.hold(to_string(held)));
    site.clock.advance(std::chrono::seconds{10});
    auto waiting = site.take(envelope_to({"a@b.example", "b@b.example", "c@done.example"}));
    waiting.note({begin, 1, Event::routed, 250, "2.0.0", "mx.example"});
    waiting.note({begin, 3, Event::relayed, 250, "2.0.0", "ok"});
    REQUIRE(waiting.save(site.claims.directory()));
    REQUIRE(site.claims.put_back(waiting.name(), begin + 500));
    site.clock.advance(std::chrono::seconds{10});
    site.add(envelope_to({"x@B.example"}));
    const auto active = site.take(envelope_to({"y@mx.example"}));

    const auto levels = gauges.look(site.spool, begin + 100).value();
    CHECK(of(levels, State::held).messages == 1);
    CHECK(of(levels, State::held).oldest_age == 100);
    CHECK(of(levels, State::waiting).messages == 1);
    CHECK(of(levels, State::waiting).oldest_age == 90);
    CHECK(of(levels, State::fresh).messages == 1);
    CHECK(of(levels, State::active).oldest_age == 80);
    CHECK(levels.due == 1);
    CHECK(sites_of(levels) == std::vector<std::string>{"b.example 2 90", "mx.example 2 90"});
    CHECK(gauges.look(site.spool, begin + 499).value().due == 1);
    CHECK(gauges.look(site.spool, begin + 500).value().due == 2);
}

TEST_CASE("What was seen is not opened again until it has been tried", "[mta]") {
    test::SpoolSite site;
    mta::QueueGauges gauges;
    const auto name = site.take(envelope_to({"a@b.example"})).name();
    REQUIRE(site.claims.put_back(name, 5));
    CHECK(sites_of(gauges.look(site.spool, 1'700'000'000).value()) == std::vector<std::string>{"b.example 1 0"});
    const auto path = site.spool.path() + "/cur/";
    REQUIRE(::truncate((path + test::names_in(site.spool.waiting()).at(0)).c_str(), 0) == 0);
    CHECK(sites_of(gauges.look(site.spool, 1'700'000'000).value()) == std::vector<std::string>{"b.example 1 0"});
    auto later = name;
    later.due = 6;
    const auto old = test::names_in(site.spool.waiting()).at(0);
    REQUIRE(rename_at(site.spool.waiting(), old, site.spool.waiting(), to_string(later)));
    CHECK(gauges.look(site.spool, 1'700'000'000).value().sites.empty());  // it can't be read any more
}

TEST_CASE("The largest sites have levels of their own, the rest is one", "[mta]") {
    test::SpoolSite site;
    mta::QueueGauges gauges;
    site.add(envelope_to({"a@big.example", "b@big.example"}));
    for (std::size_t n = 1; n < mta::QueueGauges::max_sites; ++n) {
        const auto address = "a@d" + std::to_string(1000 + n) + ".example";
        site.add(envelope_to({address}));
    }
    CHECK(gauges.look(site.spool, 1'700'000'000).value().sites.size() == mta::QueueGauges::max_sites);
    site.add(envelope_to({"a@z1.example"}));
    site.add(envelope_to({"a@z2.example"}));
    const auto levels = gauges.look(site.spool, 1'700'000'007).value();
    REQUIRE(levels.sites.size() == mta::QueueGauges::max_sites + 1);
    CHECK(sites_of(levels).front() == "big.example 2 7");
    CHECK(sites_of(levels).back() == "other 2 7");
}

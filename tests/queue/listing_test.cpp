// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <map>

#include "queue/listing.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::State;
using test::envelope_to;
using test::names_in;

namespace {

const auto envelope = envelope_to({"bob@here.example"});

std::map<std::string, State> states(const queue::Spool& spool) {
    std::map<std::string, State> found;
    REQUIRE(list(spool, [&](const queue::Listed& message) { found.emplace(message.name.id, message.state); }));
    return found;
}

std::string id_of(const std::string& file_name) { return queue::parse_file_name(file_name)->id; }

}  // namespace

TEST_CASE("Every message is listed with its state", "[queue]") {
    test::SpoolSite site;
    const auto fresh = id_of(site.add(envelope));
    const auto active = site.take(envelope).name().id;
    const auto held = site.take(envelope);
    const auto waiting = site.take(envelope);
    REQUIRE(site.claims.hold(to_string(held.name())));
    REQUIRE(site.claims.put_back(waiting.name(), 5));
    REQUIRE(write_all(create_exclusive_at(site.spool.new_messages(), "no message").value(), "x"));
    CHECK(states(site.spool) == std::map<std::string, State>{{fresh, State::fresh}, {active, State::active},
                                                             {held.name().id, State::held}, {waiting.name().id, State::waiting}});
}

TEST_CASE("An id is found by its beginning when only one begins so", "[queue]") {
    test::SpoolSite site;
    const auto first = id_of(site.add(envelope));  // …Q1.test
    for (int n = 2; n <= 10; ++n) site.add(envelope);
    CHECK(find(site.spool, first).value().name.id == first);
    const auto stem = first.substr(0, first.find("Q1") + 2);
    CHECK(find(site.spool, stem + ".").value().name.id == first);
    CHECK(find(site.spool, stem).error().status == ExitStatus::no_user);  // Q1 and Q10
    CHECK(find(site.spool, "x").error().status == ExitStatus::no_user);
}

TEST_CASE("Messages are held, released, retried and removed", "[queue]") {
    test::SpoolSite site;
    const auto id = id_of(site.add(envelope));
    const auto listed = [&] { return find(site.spool, id).value(); };
    CHECK_FALSE(release(site.spool, listed(), 7));
    REQUIRE(hold(site.spool, listed()));
    REQUIRE(hold(site.spool, listed()));
    CHECK_FALSE(retry(site.spool, listed(), 7));
    REQUIRE(release(site.spool, listed(), 7));
    CHECK(listed().name.due == 7);
    REQUIRE(retry(site.spool, listed(), 9));
    CHECK(listed().name.due == 9);
    const auto before = listed();
    REQUIRE(remove(site.spool, before));
    CHECK(states(site.spool).empty());
    CHECK(hold(site.spool, before).error().status == ExitStatus::unavailable);
}

TEST_CASE("A message that is being delivered is nobody's else", "[queue]") {
    test::SpoolSite site;
    const auto message = site.take(envelope);
    const auto listed = find(site.spool, message.name().id).value();
    for (const auto& done : {hold(site.spool, listed), release(site.spool, listed, 1), retry(site.spool, listed, 1),
                             remove(site.spool, listed)}) {
        REQUIRE_FALSE(done);
        CHECK(done.error().status == ExitStatus::unavailable);
    }
}

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
    const auto listed = list(spool).value();
    for (const auto& message : listed) found.emplace(message.name.id, message.state);
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

TEST_CASE("The oldest comes first, wherever it is", "[queue]") {
    test::SpoolSite site;
    std::vector<std::string> arrived;
    for (int n = 0; n < 8; ++n) {
        site.clock.advance(std::chrono::seconds{1});
        const auto file_name = site.add(envelope);
        arrived.push_back(id_of(file_name));
        if (n % 4 == 0) continue;
        REQUIRE(site.claims.take(site.spool.new_messages(), file_name).value());
        if (n % 4 == 1) REQUIRE(site.claims.hold(file_name));
        if (n % 4 == 2) REQUIRE(site.claims.put_back(*queue::parse_file_name(file_name), 5));
    }
    std::vector<std::string> seen;
    const auto listed = list(site.spool).value();
    for (const auto& message : listed) seen.push_back(message.name.id);
    CHECK(seen == arrived);
}

TEST_CASE("An id is found by its beginning when only one begins so", "[queue]") {
    test::SpoolSite site;
    const auto first = id_of(site.add(envelope));  // …Q1.test
    for (int n = 2; n <= 10; ++n) site.add(envelope);
    const auto all = list(site.spool).value();
    CHECK(find(all, first).value().name.id == first);
    const auto stem = first.substr(0, first.find("Q1") + 2);
    CHECK(find(all, stem + ".").value().name.id == first);
    CHECK(find(all, stem).error().status == ExitStatus::no_user);  // Q1 and Q10
    CHECK(find(all, "x").error().status == ExitStatus::no_user);
    CHECK(queue::find({}, first).error().status == ExitStatus::no_user);
}

TEST_CASE("Messages are held, released, retried and removed", "[queue]") {
    test::SpoolSite site;
    const auto id = id_of(site.add(envelope));
    const auto listed = [&] { return find(list(site.spool).value(), id).value(); };
    CHECK(release(site.spool, listed(), 7).error().status == ExitStatus::unavailable);
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
    CHECK(exit_status(hold(site.spool, before).error()) == ExitStatus::try_again);
}

TEST_CASE("A message that is being delivered is nobody's else", "[queue]") {
    test::SpoolSite site;
    const auto message = site.take(envelope);
    const auto listed = find(list(site.spool).value(), message.name().id).value();
    CHECK(queue::Message::open(*listed.directory, listed.file_name, queue::Message::Access::look));
    CHECK(release(site.spool, listed, 1).error().status == ExitStatus::unavailable);  // it is not held
    for (const auto& done : {hold(site.spool, listed), retry(site.spool, listed, 1), remove(site.spool, listed)}) {
        REQUIRE_FALSE(done);
        CHECK(exit_status(done.error()) == ExitStatus::try_again);
    }
}

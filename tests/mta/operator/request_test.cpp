// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/operator/request.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::State;
using test::envelope_to;

namespace {

using Ids = std::vector<std::string>;

struct Turns : test::SpoolSite {
    std::string first = id_of(add(envelope_to({"bob@b.example"})));
    std::string second = id_of(add(envelope_to({"carol@c.example", "bob@b.example"}, "")));
    Ids seen{};
    std::string failing{};  // the id of one whose turn fails

    static std::string id_of(const std::string& file_name) { return queue::parse_file_name(file_name).value().id; }
    Result<void> go(const mta::Request& request, State state = State::fresh) {
        seen.clear();
        const auto is_for = [&](State one) { return one == state; };
        return for_each_requested(spool, request, is_for, [&](const queue::Listed& listed) -> Result<void> {
            seen.push_back(listed.name.id);
            if (listed.name.id == failing) return failure({Fault::transient, "no luck"});
            return {};
        });
    }
};

mta::Selection to(std::string text) { return mta::parse_selection({}, std::move(text), {}).value(); }

}  // namespace

TEST_CASE("Messages that are named have their turns in that order, whatever their states", "[mta]") {
    Turns site;
    CHECK(site.go({{site.second, site.first}}, State::held));
    CHECK(site.seen == Ids{site.second, site.first});
}

TEST_CASE("Without names all that are in a state for it have theirs", "[mta]") {
    Turns site;
    CHECK(site.go({}));
    CHECK(site.seen == Ids{site.first, site.second});
    CHECK(site.go({}, State::held));
    CHECK(site.seen.empty());
}

TEST_CASE("A selection picks among all, and among those that are named", "[mta]") {
    Turns site;
    CHECK(site.go({{}, to("@c.example")}));
    CHECK(site.seen == Ids{site.second});
    CHECK(site.go({{}, to("nobody@b.example")}));
    CHECK(site.seen.empty());
    const auto named = site.go({{site.first, site.second}, to("carol@c.example")});
    CHECK(site.seen == Ids{site.second});
    REQUIRE_FALSE(named);
    CHECK(named.error().status == ExitStatus::no_user);
    CHECK_THAT(named.error().what, Catch::Matchers::StartsWith(site.first + ": "));
}

TEST_CASE("Whatever goes wrong with one, the others have their turn, and the last error counts", "[mta]") {
    Turns site;
    const auto unknown = site.go({{"1.nothing", site.first}});
    CHECK(site.seen == Ids{site.first});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().status == ExitStatus::no_user);
    site.failing = site.first;
    const auto failed = site.go({{"1.nothing", site.first, site.second}});
    CHECK(site.seen == Ids{site.first, site.second});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().what == "no luck");
}

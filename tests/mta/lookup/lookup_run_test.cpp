// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/eventfd.h>

#include <string>
#include <vector>

#include "mta/lookup/lookup_run.hpp"
#include "support/loopback_host.hpp"
#include "support/zone_resolver.hpp"

using namespace mailpipe;
using test::ZoneResolver;

namespace {

/// Keeps back the answers about one name until there is nothing else to answer.
class SlowResolver final : public dns::Resolver {
public:
    SlowResolver(ZoneResolver& zone, std::string slow) : zone_(zone), slow_(std::move(slow)) {}

    void ask(std::string name, dns::Type type, dns::Callback callback) override {
        most = std::max(most, zone_.outstanding() + 1);
        if (name != slow_) return zone_.ask(std::move(name), type, std::move(callback));
        kept_.emplace_back(type, std::move(callback));
    }
    bool wait(std::chrono::milliseconds at_most) override {
        if (zone_.outstanding() == 0) {
            for (auto& [type, callback] : std::exchange(kept_, {})) zone_.ask(slow_, type, std::move(callback));
        }
        return zone_.wait(at_most);
    }
    std::size_t outstanding() const override { return zone_.outstanding() + kept_.size(); }

    std::size_t most = 0;

private:
    ZoneResolver& zone_;
    std::string slow_;
    std::vector<std::pair<dns::Type, dns::Callback>> kept_;
};

struct Site {
    ZoneResolver zone;
    Fd never_ready{::eventfd(0, EFD_CLOEXEC)};
    std::string printed, complaints;

    Site() {
        for (const std::string name : {"a.example", "b.example", "c.example"}) zone.address(name, "192.0.2.1");
        zone.mx("null.example", 0, "");
        zone.fail("broken.example", dns::Type::mx, "timed out");
    }
    Result<mta::LookupSummary> run(std::vector<std::string> names, mta::LookupOptions options, dns::Resolver& resolver) {
        mta::SubjectSource source{std::move(names)};
        return look_up(resolver, never_ready, source, options,
                       {.print = [&](std::string_view text) { printed += text; },
                        .flush = [] {},
                        .complain = [&](std::string_view text) { complaints.append(text).append("\n"); },
                        .progress = [](const mta::LookupSummary&) {},
                        .is_broken = [] { return false; }});
    }
};

}  // namespace

TEST_CASE("Reports come in the order of the questions, or as they are known", "[lookup]") {
    Site site;
    SlowResolver slow{site.zone, "a.example"};
    const std::vector<std::string> names{"a.example", "b.example", "x y", "c.example"};
    REQUIRE(site.run(names, {.format = mta::LookupFormat::hosts}, slow));
    CHECK(site.printed == "a.example\nb.example\nc.example\n");
    site.printed.clear();
    REQUIRE(site.run(names, {.format = mta::LookupFormat::hosts, .order = mta::LookupOrder::as_found}, slow));
    CHECK(site.printed == "b.example\nc.example\na.example\n");
}

TEST_CASE("So many domains are looked up at once, and no more", "[lookup]") {
    Site site;
    SlowResolver counting{site.zone, ""};
    const std::vector<std::string> names(1000, "a.example");
    const auto summary = site.run(names, {.format = mta::LookupFormat::hosts, .at_once = 7}, counting);
    REQUIRE(summary);
    CHECK(summary->domains == 1000);
    CHECK(counting.most >= 7);
    CHECK(counting.most <= 14);  // A and AAAA of each
}

TEST_CASE("One that is slow holds back 10,000 reports, no more", "[lookup]") {
    Site site;
    SlowResolver slow{site.zone, "a.example"};
    std::vector<std::string> names(mta::max_waiting_reports + 500, "[192.0.2.1]");
    names.front() = "a.example";
    const auto summary = site.run(names, {.format = mta::LookupFormat::hosts}, slow);
    REQUIRE(summary);
    CHECK(summary->domains == names.size());
    CHECK(site.printed.starts_with("a.example\n192.0.2.1\n"));
}

TEST_CASE("The outcome is the worst that came of any", "[lookup]") {
    struct Case { std::vector<std::string> names; ExitStatus status; std::string what; };
    const auto c = GENERATE(values<Case>({
        {{"a.example", "b.example"}, ExitStatus::ok, ""},
        {{"a.example", "null.example", "nothing.example"}, ExitStatus::no_host, "without a mail host: 2 of 3"},
        {{"null.example", "broken.example"}, ExitStatus::try_again, "not known now: 1 of 2"},
        {{"broken.example", "a..b", "null.example"}, ExitStatus::data, "not a domain: 1 of 3"},
    }));
    Site site;
    const auto outcome = site.run(c.names, {}, site.zone).value().outcome();
    REQUIRE(outcome.has_value() == c.what.empty());
    if (outcome) return;
    CHECK(outcome.error().what == c.what);
    CHECK(exit_status(outcome.error()) == c.status);
}

TEST_CASE("What is no domain is told with its reason, to programs in an object", "[lookup]") {
    Site site;
    REQUIRE(site.run({"a..b"}, {.format = mta::LookupFormat::json}, site.zone));
    CHECK(site.complaints == "'a..b' is no domain: a label is empty\n");
    CHECK(site.printed == R"({"version":1,"query":"a..b","kind":"no-domain","trouble":"'a..b' is no domain: a label is empty"})" "\n");
}

TEST_CASE("Hosts are talked to one domain after another, and what the DNS says comes first", "[lookup]") {
    Site site;
    site.zone.address("refusing.example", "127.0.0.1");
    const test::Host host{{test::says("554 no\r\n221 bye\r\n")}};
    mta::ProbeRules probing{.hostname = "here", .tls = &test::trusting(), .port = host.address.port()};
    const std::vector<std::string> names{"null.example", "x y", "refusing.example", "[127.0.0.1]"};
    auto done = site.run(names, {.probing = &probing}, site.zone);
    REQUIRE(done);
    CHECK(done->flawed == 2);
    CHECK(done->unknown == 0);
    CHECK(done->no_host == 1);
    const auto connection = [&](const std::string& name) {
        const auto address = name + "[127.0.0.1]:" + std::to_string(probing.port);
        return "connect " + address + "\n        greeting: 554 no\n        ! greeting: 554 no\n";
    };
    const std::string is_private = "        ! an address cannot be reached over the Internet (RFC 6890)\n";
    CHECK(site.printed == "null.example: takes no mail (null MX)\n"
                          "refusing.example: no MX, mail goes to the domain's own address\n        refusing.example  127.0.0.1\n" +
                          is_private + connection("refusing.example") +
                          "[127.0.0.1]: an address\n        127.0.0.1  127.0.0.1\n" + is_private + connection("127.0.0.1"));

    probing.port = 1;  // nobody listens there
    done = site.run({"refusing.example"}, {.probing = &probing}, site.zone);
    REQUIRE(done);
    CHECK(done->flawed == 0);
    CHECK(done->unknown == 1);
}

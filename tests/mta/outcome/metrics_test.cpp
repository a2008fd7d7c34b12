// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <unistd.h>
#include <sys/file.h>

#include "base/files.hpp"
#include "mta/outcome/metrics.hpp"
#include "support/file_size_limit.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using Catch::Matchers::Contains;
using mta::Counted;
using test::envelope_to;

namespace {

struct MetricsSite : test::SpoolSite {
    std::string path = temp / "mailpipe.prom";
    std::string text() { return read_file(path, 1'000'000).value(); }
    mta::Counts counts() { return mta::parse_counts(text()); }
    mta::Metrics metrics() { return {path, spool, clock}; }
    std::vector<std::string> names() { return test::names_in(open_directory(temp.path()).value()); }
};

}  // namespace

TEST_CASE("Metrics tell what is in the queue and what was done", "[mta]") {
    MetricsSite site;
    site.add(envelope_to({"bob@b.example"}));
    site.clock.advance(std::chrono::seconds{60});
    auto metrics = site.metrics();
    metrics.count("mx.example", Counted::verified);
    metrics.count("mx.example", Counted::throttled, 3);
    metrics.count("b.example", queue::Event::delivered);
    metrics.count("b.example", queue::Event::routed);
    REQUIRE(metrics.write());
    const auto text = site.text();
    CHECK_THAT(text, Contains("# TYPE mailpipe_queue_messages gauge\nmailpipe_queue_messages{state=\"new\"} 1\n"
                              "mailpipe_queue_messages{state=\"waiting\"} 0\n"));
    CHECK_THAT(text, Contains("\nmailpipe_queue_oldest_message_age_seconds{state=\"new\"} 60\n"));
    CHECK_THAT(text, Contains("\nmailpipe_queue_due_messages 1\n"));
    CHECK_THAT(text, Contains("\nmailpipe_queue_recipients{site=\"b.example\"} 1\n"));
    CHECK_THAT(text, Contains("\nmailpipe_queue_oldest_recipient_age_seconds{site=\"b.example\"} 60\n"));
    CHECK_THAT(text, Contains("# TYPE mailpipe_recipients_total counter\n"
                              "mailpipe_recipients_total{site=\"b.example\",outcome=\"delivered\"} 1\n"));
    CHECK_THAT(text, Contains("\nmailpipe_connections_total{site=\"mx.example\",security=\"verified\"} 1\n"));
    CHECK_THAT(text, Contains("\nmailpipe_throttled_total{site=\"mx.example\"} 3\n# EOF\n"));
    CHECK(site.names() == std::vector<std::string>{"mailpipe.prom", "spool"});
    CHECK((status(open_read(site.path).value()).value().st_mode & 0777) == 0644);
}

TEST_CASE("Counts go on from run to run, and of several at once", "[mta]") {
    MetricsSite site;
    auto first = site.metrics();
    first.count("a.example", Counted::relayed, 2);
    REQUIRE(first.write());
    auto second = site.metrics();
    second.count("a.example", Counted::relayed, 3);
    REQUIRE(second.write());
    first.count("a.example", Counted::relayed, 1);
    REQUIRE(first.write());
    REQUIRE(second.write());
    CHECK(site.counts() == mta::Counts{{{"a.example", Counted::relayed}, 6}});
}

TEST_CASE("A name is escaped, and comes back as it was", "[mta]") {
    MetricsSite site;
    auto metrics = site.metrics();
    for (const auto* name : {"a\"b", "a\\b", "a\nb", "\xff", "ümlaut.example", "\"} 7"}) metrics.count(name, Counted::failed);
    REQUIRE(metrics.write());
    CHECK_THAT(site.text(), Contains("\nmailpipe_recipients_total{site=\"a\\\"b\",outcome=\"failed\"} 1\n"));
    CHECK_THAT(site.text(), Contains("\nmailpipe_recipients_total{site=\"a\\\\b\",outcome=\"failed\"} 1\n"));
    mta::Counts wanted;
    for (const auto* name : {"a\"b", "a\\b", "a?b", "?", "ümlaut.example", "\"} 7"}) wanted[{name, Counted::failed}] = 1;
    CHECK(site.counts() == wanted);
    metrics.count("\"} 7", Counted::failed);
    REQUIRE(metrics.write());
    wanted[{"\"} 7", Counted::failed}] = 2;
    CHECK(site.counts() == wanted);
}

TEST_CASE("A file that is torn or somebody else's counts as nothing", "[mta]") {
    MetricsSite site;
    auto metrics = site.metrics();
    metrics.count("a.example", Counted::delivered, 7);
    REQUIRE(metrics.write());
    const auto whole = site.text();
    for (std::size_t octets = 0; octets < whole.size(); ++octets) CHECK(mta::parse_counts(whole.substr(0, octets)).empty());
    CHECK(mta::parse_counts("mailpipe_recipients_total{site=\"a\",outcome=\"delivered\"} -1\n"
                            "mailpipe_recipients_total{site=\"a\",outcome=\"lost\"} 1\nmailpipe_recipients_total{site=\"a\n"
                            "mailpipe_recipients_total 1\n{site=\"\nmailpipe_throttled_total{site=\"a\"} 1x\n\n# EOF\n").empty());

    REQUIRE(::truncate(site.path.c_str(), static_cast<off_t>(whole.size() - 1)) == 0);
    metrics.count("a.example", Counted::delivered);
    REQUIRE(metrics.write());
    CHECK(site.counts() == mta::Counts{{{"a.example", Counted::delivered}, 1}});
}

TEST_CASE("There are so many sites and no more", "[mta]") {
    MetricsSite site;
    auto metrics = site.metrics();
    for (std::size_t n = 0; n < mta::Metrics::max_sites; ++n) metrics.count("s" + std::to_string(1000 + n), Counted::delivered);
    REQUIRE(metrics.write());
    CHECK(site.counts().size() == mta::Metrics::max_sites);
    metrics.count("t1", Counted::delivered);
    metrics.count("t2", Counted::failed);
    metrics.count("s1000", Counted::failed);
    REQUIRE(metrics.write());
    const auto counts = site.counts();
    CHECK(counts.size() == mta::Metrics::max_sites + 3);
    CHECK(counts.at({"other", Counted::delivered}) == 1);
    CHECK(counts.at({"other", Counted::failed}) == 1);
    CHECK(counts.at({"s1000", Counted::failed}) == 1);
}

TEST_CASE("What could not be written is kept for the next time", "[mta]") {
    MetricsSite site;
    mta::Metrics metrics{site.temp / "missing/mailpipe.prom", site.spool, site.clock};
    // As many as are kept, and more.
    const auto many = mta::Metrics::max_sites * mta::counted_kinds + 5;
    for (std::size_t n = 0; n < many; ++n) metrics.count("s" + std::to_string(n), Counted::failed);
    CHECK_FALSE(metrics.write());
    REQUIRE(make_directories(site.temp / "missing"));
    REQUIRE(metrics.write());
    std::uint64_t sum = 0;
    for (const auto& [key, n] : mta::parse_counts(read_file(site.temp / "missing/mailpipe.prom", 1'000'000).value())) sum += n;
    CHECK(sum == many);
}

TEST_CASE("Two writers take turns", "[mta]") {
    MetricsSite site;
    auto metrics = site.metrics();
    const auto directory = open_directory(site.temp.path()).value();
    REQUIRE(::flock(directory.number(), LOCK_EX) == 0);
    const auto written = metrics.write();
    REQUIRE_FALSE(written);
    CHECK(written.error().fault == Fault::transient);
    REQUIRE(::flock(directory.number(), LOCK_UN) == 0);
    CHECK(metrics.write());
}

TEST_CASE("A failure leaves the old file, and nothing else", "[mta]") {
    MetricsSite site;
    auto metrics = site.metrics();
    metrics.count("a.example", Counted::delivered);
    REQUIRE(metrics.write());
    const auto whole = site.text();
    metrics.count("a.example", Counted::delivered);
    {
        const test::FileSizeLimit full{whole.size() / 2};
        CHECK_FALSE(metrics.write());
    }
    CHECK(site.text() == whole);
    CHECK(site.names() == std::vector<std::string>{"mailpipe.prom", "spool"});
    REQUIRE(metrics.write());
    CHECK(site.counts() == mta::Counts{{{"a.example", Counted::delivered}, 2}});
}

TEST_CASE("What another one writes is not touched, and what it has left goes after an hour", "[mta]") {
    MetricsSite site;
    const auto directory = open_directory(site.temp.path()).value();
    const auto now = unix_seconds(site.clock.now());
    const auto put = [&](const std::string& name, std::int64_t modified) {
        const auto file = create_exclusive_at(directory, name).value();
        REQUIRE(write_all(file, "half of"));
        REQUIRE(set_modified(file, modified));
    };
    put("1.M2P3Q4.new.mailpipe.prom.tmp", now);
    put("1.M2P3Q5.new.mailpipe.prom.tmp", now - 3600);
    put("1.M2P3Q6.new.mailpipe.prom.tmp", now - 3601);
    put("mailpipe.prom.tmp", now - 10'000);         // somebody else's, like the next two
    put("old.mailpipe.prom.tmp", now - 10'000);
    put("1.M2P3Q4.new.other.prom.tmp", now - 10'000);
    REQUIRE(site.metrics().write());
    CHECK(site.names() == std::vector<std::string>{"1.M2P3Q4.new.mailpipe.prom.tmp", "1.M2P3Q4.new.other.prom.tmp",
                                                   "1.M2P3Q5.new.mailpipe.prom.tmp", "mailpipe.prom", "mailpipe.prom.tmp",
                                                   "old.mailpipe.prom.tmp", "spool"});
    CHECK(read_file(site.temp / "1.M2P3Q4.new.mailpipe.prom.tmp", 100).value() == "half of");
}

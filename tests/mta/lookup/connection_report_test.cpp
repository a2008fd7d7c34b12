// SPDX-License-Identifier: ISC
#include "mta/lookup/connection_report.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace mailpipe;
using mta::Connections;
using mta::HostProbe;
using mta::ProbeStep;
using mta::Security;

namespace {

constexpr std::time_t day = 24 * 60 * 60;
constexpr std::time_t now = 20'000 * day;  // 2024-10-04

HostProbe probe() {
    const auto address = net::parse_socket_address("192.0.2.1:25").value();
    const tl::unexpected<std::string> no_dane{"none there"};
    const std::vector<mta::Demand> demands{
        {"default", Security::opportunistic}, {"none", Security::none}, {"verify", Security::verified}, {"dane", no_dane}};
    return {.target = {"mx.example", address, {}, {}, demands},
            .time = now, .greeting = smtp::Reply{220, "", "mx.example \x1b[2J"}, .extensions = {"PIPELINING", "STARTTLS"}};
}

HostProbe secured(const tls::Verdict& verdict, std::time_t not_after = now + 30 * day) {
    auto found = probe();
    found.tls = {"TLSv1.3 X", verdict, {{"mx.example", "*.example"}, "CN=mx", "CN=Some CA", now - 10 * day, not_after}, {"PIPELINING"}};
    return found;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string text_of(const HostProbe& found) { return mta::connections_text({.probes = {found}}); }

nlohmann::json json_of(const Connections& connections) {
    text::JsonObject object;
    mta::add_connections(object, connections);
    return nlohmann::json::parse(object.text());
}

}  // namespace

TEST_CASE("A host that is sure to be itself, for people", "[lookup]") {
    CHECK(text_of(secured({tls::Trust::pkix, "", "*.example"})) ==
          "connect mx.example[192.0.2.1]:25\n"
          "        greeting: 220 mx.example ?[2J\n"
          "        offers: PIPELINING, STARTTLS\n"
          "        TLS: TLSv1.3 X\n"
          "        offers under TLS: PIPELINING\n"
          "        certificate: for mx.example, *.example, issued by CN=Some CA\n"
          "        certificate: 2024-09-24 to 2024-11-03, 30 days left\n"
          "        identity: proven: a CA of this host vouches for *.example\n"
          "        mail under TLS: default, tls=verify\n"
          "        mail in clear text: tls=none\n"
          "        no mail: tls=dane (none there)\n");
}

TEST_CASE("A host without TLS, and one that is not there", "[lookup]") {
    CHECK(text_of(probe()) ==
          "connect mx.example[192.0.2.1]:25\n"
          "        greeting: 220 mx.example ?[2J\n"
          "        offers: PIPELINING, STARTTLS\n"
          "        mail in clear text: default, tls=none\n"
          "        no mail: tls=verify (STARTTLS is not offered)\n"
          "        no mail: tls=dane (none there)\n");
    auto gone = probe();
    gone.greeting.reset();
    gone.failure = {ProbeStep::connect, "connect to 192.0.2.1:25: Connection refused"};
    CHECK(text_of(gone) == "connect mx.example[192.0.2.1]:25\n        ! connect to 192.0.2.1:25: Connection refused\n");
    auto closed = probe();
    closed.failure = {ProbeStep::greeting, "peer closed the connection"};
    CHECK(text_of(closed) ==
          "connect mx.example[192.0.2.1]:25\n        greeting: 220 mx.example ?[2J\n        ! greeting: peer closed the connection\n");
    CHECK(mta::connections_text({.left_out = 7}) == "        ! 7 more addresses are not connected to\n");
    CHECK(mta::connections_text({}).empty());
}

TEST_CASE("How long a certificate counts", "[lookup]") {
    struct Case { std::time_t not_after; std::string words; };
    const auto c = GENERATE(values<Case>({
        {now + 2 * day, ", 2 days left\n"},
        {now + 2 * day - 1, ", 1 day left\n"},
        {now + day - 1, ", 0 days left\n"},
        {now - 1, ", expired 1 day ago\n"},
        {now - day - 1, ", expired 2 days ago\n"},
    }));
    CHECK(has(text_of(secured({}, c.not_after)), c.words));
    auto early = secured({});
    early.time = now - 11 * day;
    CHECK(has(text_of(early), ", not valid yet\n"));
}

TEST_CASE("A certificate without DNS names is told by its subject", "[lookup]") {
    auto found = secured({});
    found.tls->certificate.names.clear();
    CHECK(has(text_of(found), "        certificate: without DNS names, of CN=mx, issued by CN=Some CA\n"));
}

TEST_CASE("By what a host is judged", "[lookup][rfc7672]") {
    auto found = secured({tls::Trust::nobody, "hostname mismatch"});
    CHECK(has(text_of(found), "identity: not proven: encrypted, whoever it is (by this host's CAs: hostname mismatch)\n"));
    found.target.tlsa.kind = mta::HostTlsa::Kind::usable;
    CHECK(has(text_of(found), "identity: not proven: encrypted, whoever it is (by TLSA records: hostname mismatch)\n"));
    CHECK(has(text_of(secured({tls::Trust::dane, ""})), "identity: proven by a TLSA record (DANE)\n"));
}

TEST_CASE("What a host says at length is cut for people", "[lookup]") {
    auto found = probe();
    found.extensions = {std::string(400, 'a'), "b"};
    const auto text = text_of(found);
    CHECK(has(text, std::string(400, 'a') + "\n"));
    CHECK(json_of({.probes = {found}})["connections"][0]["extensions"][1] == "b");
}

TEST_CASE("Connections are objects for programs", "[lookup][rfc8259]") {
    auto refused = probe();
    refused.greeting = smtp::Reply{554, "5.7.1", "no"};
    refused.failure = {ProbeStep::greeting, "554 5.7.1 no"};
    refused.target.tlsa = {mta::HostTlsa::Kind::failed, "mx.example", {}, "SERVFAIL"};
    const auto json = json_of({{secured({tls::Trust::pkix, "", "mx.example"}), refused}, 3});
    CHECK(json == nlohmann::json::parse(R"({"left-out":3,"connections":[
        {"host":"mx.example","address":"192.0.2.1","port":25,"tlsa":"none",
         "greeting":{"code":220,"enhanced":"","text":"mx.example \u001b[2J"},"extensions":["PIPELINING","STARTTLS"],
         "tls":{"description":"TLSv1.3 X","extensions":["PIPELINING"],"proven-by":"pkix","matched":"mx.example","certificate":
            {"names":["mx.example","*.example"],"subject":"CN=mx","issuer":"CN=Some CA","not-before":"2024-09-24T00:00:00Z",
             "not-after":"2024-11-03T00:00:00Z","days-left":30}},
         "mail":{"default":"tls","none":"clear-text","verify":"tls","dane":"none"}},
        {"host":"mx.example","address":"192.0.2.1","port":25,"tlsa":"failed","tlsa-trouble":"SERVFAIL",
         "greeting":{"code":554,"enhanced":"5.7.1","text":"no"},"failed":"greeting","trouble":"554 5.7.1 no",
         "mail":{"default":"none","none":"none","verify":"none","dane":"none"}}]})"));
    const auto nobody = json_of({.probes = {secured({tls::Trust::nobody, "hostname mismatch"})}})["connections"][0]["tls"];
    CHECK(nobody["proven-by"] == "none");
    CHECK(nobody["trouble"] == "hostname mismatch");
    CHECK_FALSE(nobody.contains("matched"));
}

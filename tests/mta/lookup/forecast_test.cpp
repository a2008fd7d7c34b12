// SPDX-License-Identifier: ISC
#include "mta/lookup/forecast.hpp"

#include <string>

#include "support/catch.hpp"

using namespace mailpipe;
using mta::HostProbe;
using mta::ProbedTls;
using mta::ProbeStep;
using mta::Security;
using tls::Trust;

namespace {

std::string told(const HostProbe& probe) {
    std::string text;
    for (const auto& one : mta::forecast(probe)) text += std::string{to_string(one.transport)} + " ";
    return text;
}

ProbedTls tls_of(Trust trust) { return {"TLSv1.3", {trust, trust == Trust::nobody ? "hostname mismatch" : ""}, {}}; }

HostProbe probe_of(std::optional<ProbedTls> tls, std::optional<HostProbe::Failure> failure = {},
                   Security by_default = Security::opportunistic) {
    const tl::unexpected<std::string> unknown{"SERVFAIL"};
    return {.target = {.host = "mx", .address = {}, .demands = {{"default", by_default}, {"a", Security::none}, {"b", Security::encrypted},
                                                                {"c", Security::verified}, {"d", Security::dane}, {"e", unknown}}},
            .time = 0, .tls = std::move(tls), .failure = std::move(failure)};
}

}  // namespace

TEST_CASE("What each demand would make of a host", "[lookup][rfc7672-2.2]") {
    const HostProbe::Failure unshaken{ProbeStep::handshake, "no"}, gone{ProbeStep::connect, "refused"};
    const HostProbe::Failure late{ProbeStep::ehlo_under_tls, "421"};
    struct Case { HostProbe probe; std::string told; };
    const auto c = GENERATE_COPY(values<Case>({
        {probe_of({}), "clear-text clear-text none none none none "},
        {probe_of({}, unshaken), "clear-text clear-text none none none none "},
        {probe_of({}, gone), "none none none none none none "},
        {probe_of(tls_of(Trust::nobody)), "tls clear-text tls none none none "},
        {probe_of(tls_of(Trust::pkix)), "tls clear-text tls tls none none "},
        {probe_of(tls_of(Trust::dane)), "tls clear-text tls tls tls none "},
        {probe_of(tls_of(Trust::pkix), late), "clear-text clear-text none none none none "},
    }));
    CHECK(told(c.probe) == c.told);
}

TEST_CASE("Why there is no mail is told", "[lookup]") {
    CHECK(mta::forecast(probe_of({}))[2].why == "STARTTLS is not offered");
    CHECK(mta::forecast(probe_of({}, HostProbe::Failure{ProbeStep::handshake, "no"}))[2].why == "TLS fails: no");
    CHECK(mta::forecast(probe_of({}, HostProbe::Failure{ProbeStep::greeting, "554"}))[0].why == "554");
    CHECK(mta::forecast(probe_of(tls_of(Trust::nobody)))[3].why == "hostname mismatch");
    CHECK(mta::forecast(probe_of(tls_of(Trust::dane)))[5].why == "SERVFAIL");
}

TEST_CASE("A host gets mail by default or not", "[lookup]") {
    CHECK(mta::gets_mail_by_default(probe_of({})));
    CHECK(mta::gets_mail_by_default(probe_of(tls_of(Trust::dane), {}, Security::dane)));
    CHECK_FALSE(mta::gets_mail_by_default(probe_of(tls_of(Trust::nobody), {}, Security::dane)));
    CHECK_FALSE(mta::gets_mail_by_default(probe_of({}, HostProbe::Failure{ProbeStep::greeting, "554"})));
}

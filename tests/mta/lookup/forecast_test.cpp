// SPDX-License-Identifier: ISC
#include "mta/lookup/forecast.hpp"

#include <string>

#include "support/catch.hpp"

using namespace mailpipe;
using mta::HostProbe;
using mta::ProbedTls;
using mta::ProbeStep;
using mta::TlsaStanding;
using tls::Trust;

namespace {

std::string told(const HostProbe& probe) {
    std::string text;
    for (const auto& one : mta::forecast(probe)) text += std::string{to_string(one.transport)} + " ";
    return text;
}

ProbedTls tls_of(Trust trust) { return {"TLSv1.3", {trust, trust == Trust::nobody ? "hostname mismatch" : ""}, {}}; }

HostProbe probe_of(TlsaStanding tlsa, std::optional<ProbedTls> tls, std::optional<HostProbe::Failure> failure = {}) {
    return {.target = {.host = "mx", .address = {}, .tlsa = tlsa, .tlsa_words = "why"}, .time = 0, .tls = tls, .failure = failure};
}

}  // namespace

TEST_CASE("What each level would make of a host", "[lookup][rfc7672-2.2]") {
    const HostProbe::Failure unshaken{ProbeStep::handshake, "TLS: no"}, gone{ProbeStep::connect, "refused"};
    struct Case { HostProbe probe; std::string told; };  // none, opportunistic, encrypted, verify, dane
    const auto c = GENERATE_COPY(values<Case>({
        {probe_of(TlsaStanding::none, {}), "clear-text clear-text none none none "},
        {probe_of(TlsaStanding::none, {}, unshaken), "clear-text clear-text none none none "},
        {probe_of(TlsaStanding::none, {}, gone), "none none none none none "},
        {probe_of(TlsaStanding::none, tls_of(Trust::nobody)), "clear-text tls tls none none "},
        {probe_of(TlsaStanding::none, tls_of(Trust::pkix)), "clear-text tls tls tls none "},
        {probe_of(TlsaStanding::usable, tls_of(Trust::dane)), "clear-text tls tls tls tls "},
        {probe_of(TlsaStanding::usable, tls_of(Trust::nobody)), "clear-text none none none none "},
        {probe_of(TlsaStanding::usable, {}, unshaken), "clear-text none none none none "},
        {probe_of(TlsaStanding::unusable, tls_of(Trust::pkix)), "clear-text tls tls tls none "},
        {probe_of(TlsaStanding::unusable, tls_of(Trust::nobody)), "clear-text tls tls none none "},
        {probe_of(TlsaStanding::unusable, {}), "clear-text none none none none "},
        {probe_of(TlsaStanding::unknown, tls_of(Trust::pkix)), "clear-text none none tls none "},
        {probe_of(TlsaStanding::none, tls_of(Trust::pkix), HostProbe::Failure{ProbeStep::ehlo_under_tls, "421"}),
         "clear-text clear-text none none none "},
    }));
    CHECK(told(c.probe) == c.told);
}

TEST_CASE("Why there is no mail is told", "[lookup]") {
    const auto plain = mta::forecast(probe_of(TlsaStanding::none, {}));
    CHECK(plain[2].why == "STARTTLS is not offered");
    CHECK(plain[4].why == "why");
    CHECK(mta::forecast(probe_of(TlsaStanding::none, tls_of(Trust::nobody)))[3].why == "hostname mismatch");
    const HostProbe::Failure unshaken{ProbeStep::handshake, "TLS: no"};
    CHECK(mta::forecast(probe_of(TlsaStanding::none, {}, unshaken))[2].why == "TLS fails: TLS: no");
    CHECK(mta::forecast(probe_of(TlsaStanding::none, {}, HostProbe::Failure{ProbeStep::greeting, "554"}))[0].why == "554");
    CHECK(mta::forecast(probe_of(TlsaStanding::unknown, tls_of(Trust::pkix)))[1].level == "opportunistic");
}

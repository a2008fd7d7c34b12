// SPDX-License-Identifier: ISC
// A zone, routes and a memory, and what mail to a domain makes of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mta/remote/site_plan.hpp"
#include "support/spooled.hpp"
#include "support/zone_resolver.hpp"

namespace mailpipe::test {

/// DANE-EE(3), SPKI(1), SHA-256(1).
inline const dns::Tlsa usable_tlsa{3, 1, 1, std::string(32, 'k')};

struct PlannedSite : SpoolSite {
    ZoneResolver dns;
    mta::TlsMemory memory{spool, clock};
    mta::Routes routes;
    mta::PlanRules rules{&routes, &memory};

    void route(std::vector<std::string> texts) { routes = mta::Routes::parse(texts).value(); }
    /// An MX host with an address; what is authentic has to be said.
    void mx(const std::string& domain, std::uint16_t preference, const std::string& host, const std::string& address) {
        dns.mx(domain, preference, host);
        dns.address(host, address);
    }
    void signed_names(std::vector<std::string> names) {
        for (const auto& name : names) dns.authentic(name);
    }
    mta::SitePlan plan(const std::string& domain, std::uint64_t seed = 1) {
        std::vector<mta::SitePlan> plans;
        mta::plan_site(rules, dns, domain, seed, [&](mta::SitePlan made) { plans.push_back(std::move(made)); });
        while (dns.outstanding() > 0) dns.wait(std::chrono::seconds{1});
        REQUIRE(plans.size() == 1);
        CHECK(plans[0].domain == domain);
        CHECK(plans[0].hosts.empty() == plans[0].refusal.has_value());
        return plans[0];
    }
    bool was_asked(const std::string& name, dns::Type type) const { return std::ranges::count(dns.asked, std::pair{name, type}) > 0; }
};

/// "mx.example.org[192.0.2.1]:25 opportunistic", parted by " | "; a refusal as "451 4.4.3".
inline std::string text(const mta::SitePlan& plan) {
    if (plan.refusal) return fmt::format("{} {}", plan.refusal->code, plan.refusal->enhanced);
    std::string all;
    for (const auto& [host, preference, why] : plan.hosts) {
        if (!all.empty()) all += " | ";
        all += fmt::format("{} {}", host.to_string(), to_string(host.security));
    }
    return all;
}

}  // namespace mailpipe::test

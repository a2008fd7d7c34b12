// SPDX-License-Identifier: ISC
#include "mta/outbound/plan_basis.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "net/own_addresses.hpp"

namespace mailpipe::mta {

namespace {

/// Many: questions whose name servers are silent keep their places for seconds.
constexpr std::size_t max_questions = 500;

}  // namespace

PlanBasis::PlanBasis(Routes the_routes, const queue::Spool& spool, std::unique_ptr<dns::CaresResolver> the_resolver)
    : routes(std::move(the_routes)), memory(spool, system_clock()), resolver(std::move(the_resolver)), rules{&routes, &memory} {}

Result<void> PlanBasis::check(const RemoteRules& rules) {
    if (const auto routes = Routes::parse(rules.routes); !routes) return failure(routes.error());
    if (const auto servers = dns::parse_servers(rules.resolver); !servers) return failure(servers.error());
    return {};
}

Result<std::unique_ptr<PlanBasis>> PlanBasis::make(const QueueRules& rules, const queue::Spool& spool) {
    auto routes = Routes::parse(rules.remote.routes);
    if (!routes) return failure(routes.error());
    const auto servers = dns::parse_servers(rules.remote.resolver);
    if (!servers) return failure(servers.error());
    auto resolver = dns::CaresResolver::open({.servers = *servers, .max_in_flight = max_questions});
    if (!resolver) return failure(resolver.error());
    std::unique_ptr<PlanBasis> basis{new PlanBasis{std::move(*routes), spool, std::move(*resolver)}};
    // At another port than SMTP's a loopback address may be anybody: that is for tests.
    const bool has_loopback = rules.remote.port == 25;
    basis->rules.self = {{lower(rules.hostname)}, net::own_addresses(), has_loopback};
    basis->rules.port = rules.remote.port;
    return basis;
}

}  // namespace mailpipe::mta

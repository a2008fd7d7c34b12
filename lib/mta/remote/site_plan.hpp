// SPDX-License-Identifier: ISC
// The way of a domain's mail: which hosts to try in which order, and how safe each has to be. sendq follows it, sendq --plan
// prints it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dns/order_of_tries.hpp"
#include "dns/resolver.hpp"
#include "mta/remote/host_session.hpp"
#include "mta/remote/routes.hpp"
#include "mta/remote/tls_memory.hpp"
#include "smtp/login.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

/// Of all hosts of a site so many addresses are tried; the rest is left out.
constexpr std::size_t max_planned_addresses = 100;

struct PlannedHost {
    RemoteHost host;
    std::uint16_t preference = 0;  ///< of its MX; 0 for a route's host
    std::string why{};             ///< it has to be that safe, in words
};

/// What holds of one domain, though others may share its hosts.
struct DomainTerms {
    std::string remembered_as{};  ///< whom TlsMemory knows: the domain, or the host that a route names; empty for LMTP
    bool is_sure = false;   ///< nobody on the way can have made the hosts up: a route names them, or DNSSEC vouches for them
    bool is_fixed = false;  ///< a route names how safe it has to be, or has a login: no message can waive that
};

struct SitePlan {
    std::string domain{};  ///< as it was asked
    /// Of the site, for people: the first host by preference, then by name; a route's host; the LMTP server. Of a domain whose
    /// hosts nobody knows: the domain.
    std::string name{};
    /// The same for all domains whose mail may share connections: hosts, preferences, port, security, login.
    std::string key{};
    DomainTerms terms{};
    /// Why nothing is to be tried: 5.1.2 (no such domain, no mail host), 5.1.10 (null MX), 5.4.6 (we are the best host), 4.4.3
    /// (DNS has failed), 4.7.5 (no host can be trusted now), 4.3.5 (a route's host or login file is not there); then there are
    /// no hosts.
    std::optional<smtp::Reply> refusal{};
    std::vector<PlannedHost> hosts{};  ///< every address once, by preference; which of equal ones is first: order_of_tries()
    bool has_unknown = false;  ///< there may be more: some could not be looked up or trusted now, or were too many
    std::vector<std::string> left_out{};  ///< "mx2.example.org: TLSA of …: timed out": hosts that can't be trusted now
    bool is_lmtp = false;
    bool needs_requiretls = false;  ///< only hosts that offer REQUIRETLS get anything
    std::optional<smtp::Login> login{};
};

/// All outlives the plan's making.
struct PlanRules {
    const Routes* routes;
    const TlsMemory* memory;  ///< null: nothing is remembered
    dns::Self self{};         ///< who we are: mail must not come back to us
    std::uint16_t port = 25;  ///< of MX hosts; another one for tests
};

/// Looks it all up: MX, addresses, and TLSA of hosts with authentic addresses (RFC 7672 section 2.2). `done` is called once, from
/// within resolver.wait() or at once. `domain` as an envelope has it, also U-labels or a literal. `seed` decides the order among
/// equal ones. A route's host may be ourselves: another server may be there.
void plan_site(const PlanRules& rules, dns::Resolver& resolver, std::string domain, std::uint64_t seed,
               std::function<void(SitePlan)> done);

}  // namespace mailpipe::mta

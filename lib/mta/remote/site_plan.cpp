// SPDX-License-Identifier: ISC
#include "mta/remote/site_plan.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "dns/name.hpp"
#include "mta/remote/host_security.hpp"
#include "mta/remote/host_tlsa.hpp"
#include "mta/remote/login_file.hpp"

namespace mailpipe::mta {

namespace {

using dns::Finding;
using dns::RouteKind;

bool is_literal(std::string_view domain) { return domain.starts_with('['); }

bool was_not_looked_up(const dns::RouteHost& host) {
    return std::ranges::find(host.findings, Finding::lookup_failed) != host.findings.end();
}

/// Why a way that was looked up leads nowhere; nothing where it does not.
std::optional<smtp::Reply> refusal_of(const dns::MailRoute& route, bool is_our_route) {
    const auto& domain = route.domain;
    switch (route.kind) {
        case RouteKind::mx:
        case RouteKind::implicit_mx:
        case RouteKind::literal: return {};
        case RouteKind::failed: return smtp::Reply{451, "4.4.3", "DNS: " + route.trouble};
        case RouteKind::null_mx: return smtp::Reply{556, "5.1.10", domain + " takes no mail (null MX)"};
        case RouteKind::no_such_domain: return smtp::Reply{550, "5.1.2", domain + ": no such domain"};
        case RouteKind::no_mail_host: break;
    }
    // Our configuration is wrong, or its host is moving: no reason to send mail back.
    if (is_our_route) return smtp::Reply{451, "4.3.5", fmt::format("the host of the route, {}, has no address", domain)};
    const auto* what = route.has_mx ? "none of its MX hosts has an address" : "it has neither MX nor address";
    return smtp::Reply{550, "5.1.2", fmt::format("{} takes no mail: {}", domain, what)};
}

/// Nobody needs to be asked, be it an address or localhost.
dns::MailRoute route_to(const std::string& host, std::vector<net::IpAddress> addresses) {
    dns::MailRoute route{host, RouteKind::implicit_mx};
    route.hosts.push_back({host, 0, host, std::move(addresses)});
    return route;
}

/// One domain on its way: callbacks share it, the last one tells.
class Planner : public std::enable_shared_from_this<Planner> {
public:
    Planner(const PlanRules& rules, dns::Resolver& resolver, std::string domain, std::uint64_t seed, std::function<void(SitePlan)> done)
        : rules_(rules), resolver_(resolver), seed_(seed), done_(std::move(done)), port_(rules.port) {
        plan_.domain = std::move(domain);
    }

    void begin();

private:
    void follow(const Route& route);
    void take_way(dns::MailRoute way);
    void ask_tlsa();
    void take_hosts();
    std::string key() const;
    void finish();
    void refuse(smtp::Reply reply) {
        plan_.refusal = std::move(reply);
        finish();
    }
    bool is_to_named_host() const { return route_ != nullptr && route_->kind == NextHopKind::smtp; }

    const PlanRules& rules_;
    dns::Resolver& resolver_;
    std::uint64_t seed_;
    std::function<void(SitePlan)> done_;
    SitePlan plan_;
    std::uint16_t port_;
    const Route* route_ = nullptr;
    dns::MailRoute way_;
    std::vector<dns::Attempt> attempts_;
    SiteSecurity site_;
    std::vector<HostTlsa> tlsa_;  // of each host of way_
    std::size_t unanswered_ = 0;
};

void Planner::begin() {
    std::string domain = lower(plan_.domain);
    if (!is_literal(domain)) {
        auto ascii = dns::to_ascii_name(domain);
        if (!ascii) return refuse({550, "5.1.2", std::move(ascii.error().what)});
        domain = std::move(*ascii);
    }
    plan_.name = plan_.terms.remembered_as = domain;
    route_ = rules_.routes->find(domain);
    if (route_ != nullptr && route_->kind != NextHopKind::mx) return follow(*route_);
    if (is_literal(domain) && !net::find_ip(std::string_view{domain}.substr(1, domain.size() - 2))) {
        return refuse({550, "5.1.2", domain + " is no address"});
    }
    dns::find_mail_route(resolver_, std::move(domain), [self = shared_from_this()](dns::MailRoute way) { self->take_way(std::move(way)); });
}

void Planner::follow(const Route& route) {
    if (route.kind == NextHopKind::lmtp) {
        plan_.name = net::to_string(route.address);
        plan_.terms.remembered_as.clear();
        plan_.is_lmtp = true;
        plan_.hosts.push_back({{plan_.name, route.address, Security::none}, 0, "LMTP has no TLS"});
        return finish();
    }
    port_ = route.port;
    plan_.name = route.host;
    plan_.terms.remembered_as = port_ == 25 ? route.host : fmt::format("{}:{}", route.host, port_);
    if (const auto ip = net::find_ip(route.host)) return take_way(route_to(route.host, {*ip}));
    if (route.is_loopback()) return take_way(route_to(route.host, {*net::parse_ip("::1"), *net::parse_ip("127.0.0.1")}));
    dns::find_host_route(resolver_, route.host, [self = shared_from_this()](dns::MailRoute way) { self->take_way(std::move(way)); });
}

void Planner::take_way(dns::MailRoute way) {
    way_ = std::move(way);
    const auto* ours = is_to_named_host() ? nullptr : dns::find_self(way_, rules_.self);
    const auto is_better = [&](const dns::RouteHost& host) { return ours == nullptr || host.preference < ours->preference; };
    const bool loops = ours != nullptr && std::ranges::none_of(way_.hosts, is_better);  // whatever is known of our addresses
    if (auto refusal = refusal_of(way_, is_to_named_host()); refusal && !loops) return refuse(std::move(*refusal));
    attempts_ = dns::order_of_tries(way_, seed_, is_to_named_host() ? dns::Self{} : rules_.self);
    if (attempts_.empty()) {
        // Better hosts than we are may only be unknown now.
        const auto is_unknown = [&](const dns::RouteHost& host) { return was_not_looked_up(host) && is_better(host); };
        const auto unknown = std::ranges::find_if(way_.hosts, is_unknown);
        if (unknown != way_.hosts.end()) {
            return refuse({451, "4.4.3", fmt::format("DNS: addresses of {}: {}", unknown->name, unknown->trouble)});
        }
        constexpr auto loop = "mail for {} loops: its DNS says that we are its mail host, and we do not take it";
        return refuse({554, "5.4.6", fmt::format(loop, way_.domain)});
    }
    std::set<net::IpAddress, decltype([](const auto& a, const auto& b) { return a.octets < b.octets; })> seen;
    std::erase_if(attempts_, [&](const dns::Attempt& attempt) { return !seen.insert(attempt.address).second; });
    plan_.has_unknown = attempts_.size() > max_planned_addresses || std::ranges::any_of(way_.hosts, was_not_looked_up);
    attempts_.resize(std::min(attempts_.size(), max_planned_addresses));
    site_ = site_security(route_, rules_.memory == nullptr ? SeenTls::plain : rules_.memory->level(plan_.terms.remembered_as));
    ask_tlsa();
}

void Planner::ask_tlsa() {
    tlsa_.resize(way_.hosts.size());
    std::set<std::size_t> hosts;
    for (const auto& attempt : attempts_) hosts.insert(attempt.host);
    unanswered_ = 1;  // ourselves: some may be told at once
    for (const auto at : hosts) {
        if (!site_.asks_tlsa) break;
        ++unanswered_;
        find_host_tlsa(resolver_, way_.hosts[at], port_, [self = shared_from_this(), at](HostTlsa found) {
            self->tlsa_[at] = std::move(found);
            if (--self->unanswered_ == 0) self->take_hosts();
        });
    }
    if (--unanswered_ == 0) take_hosts();
}

void Planner::take_hosts() {
    DomainNames domain{way_.domain, way_.canonical, way_.has_mx, way_.is_authentic};
    if (is_to_named_host() || is_literal(way_.domain)) domain = {};
    plan_.terms.is_fixed = route_ != nullptr && (route_->security || route_->tls_first || !route_->login_file.empty());
    plan_.terms.is_sure = is_to_named_host() || is_literal(way_.domain) || way_.is_authentic;
    std::set<std::size_t> left_out;
    for (const auto& [at, address] : attempts_) {
        const auto& host = way_.hosts[at];
        auto security = host_security(site_, domain, host, tlsa_[at]);
        if (!security) {
            if (left_out.insert(at).second) plan_.left_out.push_back(std::move(security.error()));
            continue;
        }
        const bool tls_first = route_ != nullptr && route_->tls_first;
        auto& [level, expectation, why] = *security;
        RemoteHost remote{host.name, net::make_socket_address(address, port_), level, std::move(expectation), tls_first};
        plan_.hosts.push_back({std::move(remote), host.preference, std::move(why)});
    }
    plan_.has_unknown |= !left_out.empty();
    if (plan_.hosts.empty()) return refuse({451, "4.7.5", fmt::format("{}", fmt::join(plan_.left_out, "; "))});
    if (route_ != nullptr && !route_->login_file.empty()) {
        auto login = read_login(route_->login_file);
        if (!login) return refuse({451, "4.3.5", std::move(login.error().what)});
        plan_.login = std::move(*login);
    }
    finish();
}

/// Addresses are left out: they may rotate. Names are in where a certificate must have one of them.
std::string Planner::key() const {
    std::set<std::string> hosts;
    for (const auto& [host, preference, why] : plan_.hosts) {
        const bool names_count = host.security == Security::verified || host.security == Security::dane;
        hosts.insert(fmt::format("{} {} {} {} {}", preference, host.name, host.address.port(), to_string(host.security),
                                 names_count ? fmt::format("{}", fmt::join(host.expectation.names, ",")) : ""));
    }
    std::string key = fmt::format("{}", fmt::join(hosts, "\n"));
    if (plan_.is_lmtp) key.insert(0, "lmtp ");
    if (route_ != nullptr && route_->tls_first) key += "\nsmtps";
    if (plan_.login) key += fmt::format("\nlogin {} {}", plan_.login->user, route_->login_file);
    return key;
}

void Planner::finish() {
    if (plan_.refusal) plan_.hosts.clear();
    if (!plan_.hosts.empty()) {
        const auto rank = [](const PlannedHost& planned) { return std::tie(planned.preference, planned.host.name); };
        plan_.name = std::ranges::min_element(plan_.hosts, {}, rank)->host.name;
        plan_.key = key();
    } else {
        plan_.key = "refused " + plan_.name;
    }
    done_(std::move(plan_));
}

}  // namespace

void plan_site(const PlanRules& rules, dns::Resolver& resolver, std::string domain, std::uint64_t seed,
               std::function<void(SitePlan)> done) {
    std::make_shared<Planner>(rules, resolver, std::move(domain), seed, std::move(done))->begin();
}

}  // namespace mailpipe::mta

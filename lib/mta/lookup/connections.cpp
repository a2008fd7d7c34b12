// SPDX-License-Identifier: ISC
#include "mta/lookup/connections.hpp"

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "dns/order_of_tries.hpp"
#include "mta/lookup/forecast.hpp"
#include "mta/remote/host_security.hpp"
#include "mta/remote/host_tlsa.hpp"
#include "mta/remote/routes.hpp"

namespace mailpipe::mta {

namespace {

/// Null: no route is for the domain.
tl::expected<HostSecurity, std::string> demand_of(const Route* route, const dns::MailRoute& way, const dns::RouteHost& host,
                                                  const HostTlsa& tlsa) {
    const DomainNames domain{way.domain, way.canonical, way.has_mx, way.is_authentic};
    const auto site = site_security(route, SeenTls::plain);
    return host_security(site, domain, host, site.asks_tlsa ? tlsa : HostTlsa{});
}

/// What each level would ask of the host, and what its certificate is held against: all that any of them looks at.
void add_demands(ProbeTarget& target, const dns::MailRoute& way, const dns::RouteHost& host) {
    using enum Security;
    const auto security_of = [](const HostSecurity& demand) { return demand.security; };
    target.demands.push_back({"default", demand_of(nullptr, way, host, target.tlsa).map(security_of)});
    for (const auto security : {none, opportunistic, encrypted, verified, dane}) {
        Route route{.pattern = "*"};
        route.security = security;
        const auto demand = demand_of(&route, way, host, target.tlsa);
        if (demand && security == verified) target.expectation = demand->expectation;
        target.demands.push_back({to_string(security), demand.map(security_of)});
    }
}

/// As they stand in the route, and of each host in the order of tries.
std::vector<dns::Attempt> addresses_of(const dns::MailRoute& route) {
    std::vector<dns::Attempt> attempts;
    for (std::size_t host = 0; host < route.hosts.size(); ++host) {
        for (const auto& address : dns::by_turns(route.hosts[host].addresses)) attempts.push_back({host, address});
    }
    return attempts;
}

/// One domain's hosts on their way: callbacks share it, the last one connects.
class Visit : public std::enable_shared_from_this<Visit> {
public:
    Visit(dns::Resolver& resolver, const dns::MailRoute& route, const ProbeRules& rules, std::function<void(Connections)> done)
        : resolver_(resolver), route_(route), rules_(rules), done_(std::move(done)), tlsa_(route.hosts.size()) {}

    void begin() {
        choose();
        std::set<std::size_t> hosts;
        for (const auto& attempt : attempts_) hosts.insert(attempt.host);
        unanswered_ = hosts.size();
        if (hosts.empty()) return connect();
        for (const auto host : hosts) {
            find_host_tlsa(resolver_, route_.hosts[host], rules_.port, [self = shared_from_this(), host](HostTlsa found) {
                self->tlsa_[host] = std::move(found);
                if (--self->unanswered_ == 0) self->connect();
            });
        }
    }

private:
    void choose() {
        std::vector<std::size_t> chosen_of_host(route_.hosts.size());
        for (const auto& attempt : addresses_of(route_)) {
            if (attempts_.size() < max_probed && chosen_of_host[attempt.host]++ < max_probed_of_host) attempts_.push_back(attempt);
            else ++found_.left_out;
        }
    }

    ProbeTarget target(const dns::Attempt& attempt) const {
        const auto& host = route_.hosts[attempt.host];
        ProbeTarget target{host.name, net::make_socket_address(attempt.address, rules_.port), {}, tlsa_[attempt.host]};
        if (route_.kind != dns::RouteKind::literal) target.expectation.names = {host.name};
        add_demands(target, route_, host);
        return target;
    }

    void connect() {
        std::vector<std::future<HostProbe>> conversations;
        for (const auto& attempt : attempts_) {
            // In threads, as a conversation blocks and a host may be silent for minutes. Where there can be none, in turns.
            constexpr auto in_a_thread_or_later = std::launch::async | std::launch::deferred;
            const auto host = target(attempt);  // copied: libstdc++ leaves nothing of what is moved into a thread that there can't be
            conversations.push_back(std::async(in_a_thread_or_later, probe_host, host, std::cref(rules_)));
        }
        for (auto& conversation : conversations) found_.probes.push_back(conversation.get());
        done_(std::move(found_));
    }

    dns::Resolver& resolver_;
    const dns::MailRoute route_;
    const ProbeRules& rules_;
    std::function<void(Connections)> done_;
    std::vector<HostTlsa> tlsa_;  // of each host
    std::vector<dns::Attempt> attempts_;
    std::size_t unanswered_ = 0;
    Connections found_;
};

}  // namespace

bool Connections::are_all_unreached() const {
    return !probes.empty() && std::ranges::none_of(probes, &HostProbe::is_reached);
}

bool Connections::has_refusal() const {
    return std::ranges::any_of(probes, [](const HostProbe& probe) { return probe.is_reached() && !gets_mail_by_default(probe); });
}

void connect_to_hosts(dns::Resolver& resolver, const dns::MailRoute& route, const ProbeRules& rules,
                      std::function<void(Connections)> done) {
    std::make_shared<Visit>(resolver, route, rules, std::move(done))->begin();
}

}  // namespace mailpipe::mta

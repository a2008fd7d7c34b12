// SPDX-License-Identifier: ISC
#include "mta/lookup/connections.hpp"

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "dns/order_of_tries.hpp"
#include "mta/lookup/forecast.hpp"

namespace mailpipe::mta {

namespace {

/// What a host's TLSA records are worth.
struct Tlsa {
    std::string base{};  ///< the host's name, or where its aliases lead to: whose records they are
    TlsaStanding standing = TlsaStanding::none;
    std::string words{};
    std::vector<tls::TlsaRecord> records{};
};

Tlsa assess(const std::string& base, const std::string& name, const dns::Answer& answer) {
    if (answer.status == dns::Status::failed) {
        return {base, TlsaStanding::unknown, fmt::format("TLSA of {} is not known now: {}", name, answer.trouble)};
    }
    if (answer.status != dns::Status::found) return {base, TlsaStanding::none, "there are no TLSA records"};
    if (!answer.is_authentic) return {base, TlsaStanding::none, "the TLSA records are not validated by DNSSEC: they count for nothing"};

    Tlsa tlsa{base, TlsaStanding::unusable, "no TLSA record is of a kind for mail (RFC 7672 section 3.1)"};
    for (const auto& record : answer.tlsa) tlsa.records.push_back({record.usage, record.selector, record.matching_type, record.data});
    if (std::ranges::none_of(tlsa.records, tls::is_usable)) return tlsa;
    tlsa.standing = TlsaStanding::usable;
    tlsa.words = "the TLSA records decide";
    return tlsa;
}

/// As they stand in the route, and of each host in the order of tries.
std::vector<dns::Attempt> addresses_of(const dns::MailRoute& route) {
    auto attempts = dns::order_of_tries(route, /*seed=*/0);
    std::ranges::stable_sort(attempts, {}, &dns::Attempt::host);
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
        for (const auto host : hosts) {
            if (route_.kind != dns::RouteKind::literal) ask_tlsa(host);
        }
        if (unanswered_ == 0) connect();
    }

private:
    void choose() {
        std::vector<std::size_t> chosen_of_host(route_.hosts.size());
        for (const auto& attempt : addresses_of(route_)) {
            if (attempts_.size() < max_probed && chosen_of_host[attempt.host]++ < max_probed_of_host) attempts_.push_back(attempt);
            else ++found_.left_out;
        }
    }

    /// At the name where its aliases lead to first, which have been validated with its addresses (RFC 7672 section 2.2.2).
    void ask_tlsa(std::size_t number) {
        const auto& host = route_.hosts[number];
        tlsa_[number] = {host.name, TlsaStanding::none, "the host's addresses are not validated by DNSSEC: there is no DANE"};
        if (!host.is_authentic) return;
        ask_tlsa_at(number, host.canonical.empty() ? host.name : host.canonical);
    }

    void ask_tlsa_at(std::size_t number, const std::string& base) {
        ++unanswered_;
        const auto name = fmt::format("_{}._tcp.{}", rules_.port, base);
        resolver_.ask(name, dns::Type::tlsa, [self = shared_from_this(), number, base, name](const dns::Answer& answer) {
            self->tlsa_[number] = assess(base, name, answer);
            const auto& host = self->route_.hosts[number].name;
            if (self->tlsa_[number].standing == TlsaStanding::none && base != host) self->ask_tlsa_at(number, host);
            if (--self->unanswered_ == 0) self->connect();
        });
    }

    ProbeTarget target(const dns::Attempt& attempt) const {
        const auto& host = route_.hosts[attempt.host];
        const auto& tlsa = tlsa_[attempt.host];
        ProbeTarget target{host.name, net::make_socket_address(attempt.address, rules_.port), {}, tlsa.standing, tlsa.words};
        if (route_.kind == dns::RouteKind::literal) {
            target.tlsa_words = "an address has no name, so no TLSA records";
            return target;
        }
        target.expectation = {{host.name}, tlsa.records};
        if (tlsa.standing != TlsaStanding::usable) return target;
        // RFC 7672 section 3.2.2: what DANE-TA may be proven for.
        auto& names = target.expectation.names;
        if (tlsa.base != host.name) names.insert(names.begin(), tlsa.base);
        if (route_.is_authentic && route_.domain != host.name) names.push_back(route_.domain);
        return target;
    }

    void connect() {
        std::vector<std::future<HostProbe>> conversations;
        for (const auto& attempt : attempts_) {
            conversations.push_back(std::async(std::launch::async, probe_host, target(attempt), std::cref(rules_)));
        }
        for (auto& conversation : conversations) found_.probes.push_back(conversation.get());
        done_(std::move(found_));
    }

    dns::Resolver& resolver_;
    const dns::MailRoute route_;
    const ProbeRules& rules_;
    std::function<void(Connections)> done_;
    std::vector<Tlsa> tlsa_;  // of each host
    std::vector<dns::Attempt> attempts_;
    std::size_t unanswered_ = 0;
    Connections found_;
};

}  // namespace

bool Connections::are_all_unreached() const {
    return !probes.empty() && std::ranges::none_of(probes, &HostProbe::is_reached);
}

bool Connections::has_refusal() const {
    const auto gets_none = [](const Forecast& one) { return one.level == "opportunistic" && one.transport == Transport::none; };
    return std::ranges::any_of(probes, [&](const HostProbe& probe) {
        const auto forecasts = forecast(probe);
        return probe.is_reached() && std::ranges::any_of(forecasts, gets_none);
    });
}

void connect_to_hosts(dns::Resolver& resolver, const dns::MailRoute& route, const ProbeRules& rules,
                      std::function<void(Connections)> done) {
    std::make_shared<Visit>(resolver, route, rules, std::move(done))->begin();
}

}  // namespace mailpipe::mta

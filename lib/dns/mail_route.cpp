// SPDX-License-Identifier: ISC
#include "dns/mail_route.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "dns/name.hpp"

namespace mailpipe::dns {

namespace {

struct KindName {
    RouteKind kind;
    std::string_view name;
};
constexpr KindName kind_names[] = {
    {RouteKind::mx, "mx"},
    {RouteKind::implicit_mx, "implicit-mx"},
    {RouteKind::null_mx, "null-mx"},
    {RouteKind::literal, "literal"},
    {RouteKind::no_such_domain, "no-such-domain"},
    {RouteKind::no_mail_host, "no-mail-host"},
    {RouteKind::failed, "failed"},
};

struct FindingText {
    Finding finding;
    std::string_view name;
    std::string_view words;
};
constexpr FindingText finding_texts[] = {
    {Finding::alias, "alias", "the MX names an alias (CNAME), which is not allowed (RFC 2181 section 10.3)"},
    {Finding::address_as_name, "address-as-name", "the MX names an address in place of a host; nobody will use it"},
    {Finding::not_a_host_name, "not-a-host-name", "the MX names what cannot be the name of a host; nobody will use it"},
    {Finding::no_such_host, "no-such-host", "the MX names a host that does not exist"},
    {Finding::no_address, "no-address", "the host has no address"},
    {Finding::private_address, "private-address", "an address cannot be reached over the Internet (RFC 6890)"},
    {Finding::lookup_failed, "lookup-failed", "addresses cannot be looked up now"},
    {Finding::null_mx_among_hosts, "null-mx-among-hosts", "a null MX stands beside others, where it means nothing (RFC 7505 section 3)"},
    {Finding::host_twice, "host-twice", "a host is named by several MX"},
    {Finding::too_many_hosts, "too-many-hosts", "more than 100 MX hosts; the rest is left out"},
    {Finding::too_many_addresses, "too-many-addresses", "more than 100 addresses; the rest is left out"},
};

void add(std::vector<Finding>& findings, Finding finding) {
    if (std::ranges::find(findings, finding) == findings.end()) findings.push_back(finding);
}

/// One domain on its way: callbacks share it, the last one tells.
class Search : public std::enable_shared_from_this<Search> {
public:
    Search(Resolver& resolver, std::string domain, std::function<void(MailRoute)> done)
        : resolver_(resolver), done_(std::move(done)) {
        route_.domain = std::move(domain);
    }

    void begin() {
        resolver_.ask(route_.domain, Type::mx, [self = shared_from_this()](const Answer& answer) { self->take_mx(answer); });
    }

    /// The domain is its own host.
    void begin_with_addresses() {
        route_.kind = RouteKind::implicit_mx;
        route_.hosts.push_back({route_.domain});
        ask_addresses();
    }

private:
    /// What is known of a host's addresses of one family.
    struct Lookup {
        Status status = Status::failed;
        bool is_authentic = false;
    };
    struct HostLookup {
        Lookup v6, v4;
        std::vector<net::IpAddress> v4_addresses;
    };

    void take_mx(const Answer& answer);
    void take_hosts(std::vector<Mx> records);
    void ask_addresses();
    void ask_addresses_of(std::size_t host);
    void take_addresses(std::size_t host, Type type, const Answer& answer);
    void conclude_host(std::size_t host);
    void finish();
    void finish_as(RouteKind kind) {
        route_.kind = kind;
        done_(std::move(route_));
    }
    bool any_lookup_failed() const {
        return std::ranges::any_of(lookups_, [](const auto& l) { return l.v4.status == Status::failed || l.v6.status == Status::failed; });
    }

    Resolver& resolver_;
    std::function<void(MailRoute)> done_;
    MailRoute route_;
    std::vector<HostLookup> lookups_;  // one for each host
    std::size_t unanswered_ = 0;
};

void Search::take_mx(const Answer& answer) {
    route_.canonical = answer.name;
    route_.is_authentic = answer.is_authentic;
    switch (answer.status) {
        case Status::failed: route_.trouble = "MX of " + route_.domain + ": " + answer.trouble; return finish_as(RouteKind::failed);
        case Status::no_such_name: return finish_as(RouteKind::no_such_domain);
        case Status::no_data: return begin_with_addresses();
        case Status::found: break;
    }
    route_.kind = RouteKind::mx;
    route_.has_mx = true;
    take_hosts(answer.mx);
    if (route_.hosts.empty()) return finish_as(RouteKind::null_mx);
    ask_addresses();
}

/// Puts them in order, without the root, and each only once.
void Search::take_hosts(std::vector<Mx> records) {
    const auto is_root = [](const Mx& mx) { return mx.host.empty(); };
    const auto removed = std::erase_if(records, is_root);
    if (removed > 0 && !records.empty()) add(route_.findings, Finding::null_mx_among_hosts);
    if (records.size() > 1) std::ranges::stable_sort(records, {}, &Mx::preference);  // which takes memory for one, too
    for (auto& mx : records) {
        if (std::ranges::find(route_.hosts, mx.host, &RouteHost::name) != route_.hosts.end()) {
            add(route_.findings, Finding::host_twice);
        } else if (route_.hosts.size() == max_mx_hosts) {
            add(route_.findings, Finding::too_many_hosts);
            return;
        } else {
            route_.hosts.push_back({std::move(mx.host), mx.preference});
        }
    }
}

void Search::ask_addresses() {
    lookups_.resize(route_.hosts.size());
    for (std::size_t host = 0; host < route_.hosts.size(); ++host) ask_addresses_of(host);
    if (unanswered_ == 0) finish();
}

void Search::ask_addresses_of(std::size_t at) {
    auto& host = route_.hosts[at];
    host.canonical = host.name;
    lookups_[at].v4.status = lookups_[at].v6.status = Status::no_data;
    if (net::find_ip(host.name)) return add(host.findings, Finding::address_as_name);
    if (!is_host_name(host.name)) return add(host.findings, Finding::not_a_host_name);
    for (const auto type : {Type::aaaa, Type::a}) {
        ++unanswered_;
        resolver_.ask(host.name, type, [self = shared_from_this(), at, type](const Answer& answer) {
            self->take_addresses(at, type, answer);
        });
    }
}

void Search::take_addresses(std::size_t at, Type type, const Answer& answer) {
    auto& host = route_.hosts[at];
    auto& lookup = lookups_[at];
    (type == Type::a ? lookup.v4 : lookup.v6) = {answer.status, answer.is_authentic};
    if (answer.status == Status::failed) host.trouble = (type == Type::a ? "A: " : "AAAA: ") + answer.trouble;
    if (!answer.aliases.empty()) {
        host.canonical = answer.name;
        if (route_.kind == RouteKind::mx) add(host.findings, Finding::alias);
    }
    const auto count = std::min(answer.addresses.size(), max_host_addresses);
    if (count < answer.addresses.size()) add(host.findings, Finding::too_many_addresses);
    auto& addresses = type == Type::a ? lookup.v4_addresses : host.addresses;
    addresses.assign(answer.addresses.begin(), answer.addresses.begin() + static_cast<std::ptrdiff_t>(count));
    if (--unanswered_ > 0) return;
    for (std::size_t each = 0; each < route_.hosts.size(); ++each) conclude_host(each);
    finish();
}

void Search::conclude_host(std::size_t at) {
    auto& host = route_.hosts[at];
    auto& [v6, v4, v4_addresses] = lookups_[at];
    host.addresses.insert(host.addresses.end(), v4_addresses.begin(), v4_addresses.end());
    host.is_authentic = v6.is_authentic && v4.is_authentic;
    if (std::ranges::any_of(host.addresses, is_private)) add(host.findings, Finding::private_address);
    if (v4.status == Status::failed || v6.status == Status::failed) {
        add(host.findings, Finding::lookup_failed);
    } else if (host.addresses.empty() && host.findings.empty()) {
        const bool is_there = v4.status == Status::no_data || v6.status == Status::no_data;
        add(host.findings, is_there ? Finding::no_address : Finding::no_such_host);
    }
}

void Search::finish() {
    const bool has_address = std::ranges::any_of(route_.hosts, [](const RouteHost& host) { return !host.addresses.empty(); });
    if (has_address) return finish_as(route_.kind);
    if (!any_lookup_failed()) return finish_as(RouteKind::no_mail_host);
    const auto failed = std::ranges::find_if(route_.hosts, [](const RouteHost& host) { return !host.trouble.empty(); });
    if (failed != route_.hosts.end()) route_.trouble = "addresses of " + failed->name + ": " + failed->trouble;
    finish_as(RouteKind::failed);
}

std::optional<net::IpAddress> literal_address(std::string_view domain) {
    if (domain.size() < 2 || domain.front() != '[' || domain.back() != ']') return {};
    return net::find_ip(domain.substr(1, domain.size() - 2));
}

MailRoute literal_route(std::string domain, const net::IpAddress& address) {
    MailRoute route{std::move(domain), RouteKind::literal};
    route.hosts.push_back({net::to_string(address)});
    auto& host = route.hosts.back();
    host.canonical = host.name;
    route.canonical = route.domain;
    host.addresses = {address};
    if (is_private(address)) host.findings.push_back(Finding::private_address);
    return route;
}

}  // namespace

std::string_view to_string(RouteKind kind) { return std::ranges::find(kind_names, kind, &KindName::kind)->name; }

std::string_view to_string(Finding finding) { return std::ranges::find(finding_texts, finding, &FindingText::finding)->name; }

std::string_view describe(Finding finding) { return std::ranges::find(finding_texts, finding, &FindingText::finding)->words; }

void find_mail_route(Resolver& resolver, std::string domain, std::function<void(MailRoute)> done) {
    if (const auto address = literal_address(domain)) return done(literal_route(std::move(domain), *address));
    std::make_shared<Search>(resolver, std::move(domain), std::move(done))->begin();
}

void find_host_route(Resolver& resolver, std::string host, std::function<void(MailRoute)> done) {
    std::make_shared<Search>(resolver, std::move(host), std::move(done))->begin_with_addresses();
}

MailRoute find_mail_route(Resolver& resolver, std::string domain) {
    std::optional<MailRoute> found;
    find_mail_route(resolver, std::move(domain), [&](MailRoute route) { found = std::move(route); });
    constexpr std::chrono::seconds while_nothing_comes{1};
    while (!found) resolver.wait(while_nothing_comes);
    return std::move(*found);
}

bool is_private(const net::IpAddress& address) {
    static const auto networks = net::parse_networks({
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    });
    return networks && net::any_contains(*networks, address);
}

}  // namespace mailpipe::dns

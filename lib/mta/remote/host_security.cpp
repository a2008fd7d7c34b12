// SPDX-License-Identifier: ISC
#include "mta/remote/host_security.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "net/ip_address.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::uint8_t trust_anchor = 2;  // DANE-TA, the usage that looks at names (RFC 7672 section 3.1.2)

void add(std::vector<std::string>& names, const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
}

/// RFC 7672 section 3.2.2. Where no record looks at names the base alone is told (SNI), and domains may share connections.
HostSecurity by_dane(const DomainNames& domain, const HostTlsa& tlsa) {
    HostSecurity host{Security::dane, {{tlsa.base}, tlsa.records}, fmt::format("TLSA records of {}", tlsa.base)};
    const bool looks_at_names = std::ranges::any_of(tlsa.records, [](const auto& record) { return record.usage == trust_anchor; });
    if (looks_at_names && domain.is_authentic) {
        add(host.expectation.names, domain.domain);
        add(host.expectation.names, domain.canonical);
    }
    return host;
}

}  // namespace

SiteSecurity site_security(const Route* route, SeenTls seen) {
    if (route != nullptr && route->security) {
        const auto level = *route->security;
        const bool is_final = level == Security::none || level == Security::opportunistic;
        return {level, !is_final, level == Security::verified, "the route says so"};
    }
    SiteSecurity site{Security::opportunistic, true, false, "nothing asks for more"};
    const auto raise = [&](Security level, std::string_view why) {
        if (level > site.least) site = {level, true, false, std::string{why}};
    };
    if (route != nullptr && route->tls_first) raise(Security::encrypted, "the route says smtps");
    if (seen == SeenTls::encrypted) raise(Security::encrypted, "it was encrypted before");
    if (seen == SeenTls::verified) raise(Security::verified, "it was verified before");
    if (route != nullptr && !route->login_file.empty() && !route->is_loopback()) {
        raise(net::find_ip(route->host) ? Security::encrypted : Security::verified, "a password goes there");
    }
    return site;
}

tl::expected<HostSecurity, std::string> host_security(const SiteSecurity& site, const DomainNames& domain, const dns::RouteHost& host,
                                                      const HostTlsa& tlsa) {
    using Kind = HostTlsa::Kind;
    const bool is_address = net::find_ip(host.name).has_value();
    if (tlsa.kind == Kind::failed) return tl::unexpected{fmt::format("{}: {}", host.name, tlsa.trouble)};
    const bool is_demanded = site.least == Security::dane;
    if (is_demanded && domain.has_mx && !domain.is_authentic) {
        return tl::unexpected{fmt::format("{}: TLSA records are demanded, but the MX of {} is not signed", host.name, domain.domain)};
    }
    if (tlsa.kind == Kind::usable) return by_dane(domain, tlsa);
    if (is_demanded) {
        const auto* why = host.is_authentic ? "there are none that can be used"
                                            : "its addresses are not signed, or our resolver does not validate";
        return tl::unexpected{fmt::format("{}: TLSA records are demanded, but {}", host.name, why)};
    }

    HostSecurity result{site.least, {}, site.why};
    if (tlsa.kind == Kind::unusable && site.least < Security::encrypted) {  // RFC 7672 section 2.2
        result = {Security::encrypted, {}, fmt::format("TLSA records of {}, of which none can be used", tlsa.base)};
    }
    if (is_address) {
        if (site.least < Security::verified) return result;
        return tl::unexpected{fmt::format("{}: an address has no name that could be verified", host.name)};
    }
    result.expectation.names = {host.name};
    if (site.takes_domain_names) add(result.expectation.names, domain.domain);
    return result;
}

}  // namespace mailpipe::mta

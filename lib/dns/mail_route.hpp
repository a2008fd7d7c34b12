// SPDX-License-Identifier: ISC
// Where a domain's mail goes (RFC 5321 section 5.1, RFC 7505): what sendq follows and mxlookup prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::dns {

/// Of a domain's MX hosts and of a host's addresses, for each type, so many are looked at; the rest is left out, and a
/// finding says so.
constexpr std::size_t max_mx_hosts = 100;
constexpr std::size_t max_host_addresses = 100;

enum class RouteKind {
    mx,              ///< to its MX hosts, at least one of which has an address
    implicit_mx,     ///< no MX: to the domain's own addresses
    null_mx,         ///< it takes no mail, permanently: 5.1.10 (RFC 7505 section 4.2)
    literal,         ///< "[192.0.2.1]": to that address
    no_such_domain,  ///< permanent
    no_mail_host,    ///< permanent: neither an MX host nor the domain itself has an address
    failed,          ///< temporary: what has to be known is not known; `trouble` says why
};
/// "mx", "implicit-mx" … as JSON has it.
std::string_view to_string(RouteKind kind);

/// What is wrong with a host, or with the whole. Mail may go there nevertheless.
enum class Finding {
    alias,               ///< the MX names a CNAME (RFC 2181 section 10.3)
    address_as_name,     ///< the MX names an address; not used
    not_a_host_name,     ///< the MX names what no host can be called; not used
    no_such_host,        ///< the MX names what does not exist
    no_address,          ///< the MX host has no address
    private_address,     ///< an address that nobody reaches over the Internet (RFC 6890)
    lookup_failed,       ///< A or AAAA, or both, are not known now
    null_mx_among_hosts, ///< RFC 7505 section 3: it has to be alone; left out
    host_twice,          ///< the same host in two MX; the one with the lower preference counts
    too_many_hosts,      ///< more than max_mx_hosts
    too_many_addresses,  ///< more than max_host_addresses
};
/// "alias", "address-as-name" … as JSON has it.
std::string_view to_string(Finding finding);
/// In plain words.
std::string_view describe(Finding finding);

struct RouteHost {
    std::string name;  ///< as the MX has it; of an implicit MX the domain; of a literal the address
    std::uint16_t preference = 0;
    std::string canonical{};                   ///< where CNAMEs lead: the name itself without them
    std::vector<net::IpAddress> addresses{};   ///< IPv6 first, each in the order of the answer
    bool is_authentic = false;                 ///< the answers with its addresses were validated (RFC 7672 section 2.2.2)
    std::vector<Finding> findings{};
    std::string trouble{};                     ///< of lookup_failed
};

struct MailRoute {
    std::string domain;  ///< as it was asked
    RouteKind kind = RouteKind::failed;
    std::vector<RouteHost> hosts{};    ///< by preference; equal ones as they came. Also those without an address
    std::string canonical{};           ///< where the domain's own CNAMEs lead: itself without them
    bool has_mx = false;               ///< there are MX records, whose hosts these are
    bool is_authentic = false;         ///< the answer about MX was validated, be it that there are none
    std::vector<Finding> findings{};   ///< of the whole
    std::string trouble{};             ///< of a failure

    /// Mail can be sent there.
    bool has_host() const { return kind == RouteKind::mx || kind == RouteKind::implicit_mx || kind == RouteKind::literal; }
};

/// Looks up where mail for `domain` goes: A-labels (to_ascii_name()), or an address literal with its brackets.
/// `done` is called once: from within resolver.wait(), for a literal at once. In which order to try: order_of_tries().
void find_mail_route(Resolver& resolver, std::string domain, std::function<void(MailRoute)> done);
/// One, and the wait for it.
MailRoute find_mail_route(Resolver& resolver, std::string domain);

/// The same for a host that was chosen by other means, whose MX is not asked for. `host`: A-labels. The route is of the kind
/// implicit_mx, no_mail_host or failed, and says nothing of MX.
void find_host_route(Resolver& resolver, std::string host, std::function<void(MailRoute)> done);

/// Not reachable over the Internet: private, loopback, link-local, multicast, reserved (RFC 6890). Networks for
/// documentation count as reachable.
bool is_private(const net::IpAddress& address);

}  // namespace mailpipe::dns

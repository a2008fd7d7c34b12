// SPDX-License-Identifier: ISC
// Which address of which host to try first (RFC 5321 section 5.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dns/mail_route.hpp"

namespace mailpipe::dns {

/// Who we are: mail must not come back to us.
struct Self {
    std::vector<std::string> names{};  ///< lower case, A-labels
    std::vector<net::IpAddress> addresses{};
    bool has_loopback = false;  ///< 127.0.0.0/8, ::1, 0.0.0.0 and :: are we: nobody's MX can mean another host by them
};

/// Us among the hosts, by name or address: the best of these. Null: we are none of them.
const RouteHost* find_self(const MailRoute& route, const Self& self);

/// A host's addresses in the order in which to try them: IPv6 first, then IPv4 and IPv6 by turns, as long as there are both.
std::vector<net::IpAddress> by_turns(const std::vector<net::IpAddress>& addresses);

struct Attempt {
    std::size_t host;  ///< its place in MailRoute::hosts
    net::IpAddress address;

    bool operator==(const Attempt&) const = default;
};

/// The order in which to try, with RFC 5321 section 5.1: the lowest preference first, equal ones in an order that `seed`
/// decides; a host's addresses by_turns() (RFC 3974 section 3). Where we are among the hosts, by name or
/// address, we and all of the same or a higher preference are left out. Nothing left of a route that has a host: mail would
/// loop, which is permanent (5.4.6).
std::vector<Attempt> order_of_tries(const MailRoute& route, std::uint64_t seed, const Self& self = {});

}  // namespace mailpipe::dns

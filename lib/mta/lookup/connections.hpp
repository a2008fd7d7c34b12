// SPDX-License-Identifier: ISC
// The hosts of a route, talked to: what mxlookup's --connect looks at behind the route.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "dns/mail_route.hpp"
#include "mta/lookup/host_probe.hpp"

namespace mailpipe::mta {

/// Of a host, and of all hosts of a domain together, so many addresses are connected to: the first in the order of tries.
constexpr std::size_t max_probed_of_host = 4;
constexpr std::size_t max_probed = 20;

struct Connections {
    std::vector<HostProbe> probes{};  ///< in the order of tries
    std::size_t left_out = 0;         ///< addresses that were not connected to

    bool are_all_unreached() const;
    /// Somebody who was reached would not get mail where no level of safety is named.
    bool has_refusal() const;
};

/// Asks for TLSA of the hosts, then talks to all of them at the same time, or one after another where there can be no threads.
/// `done` is called once, from within resolver.wait() or at once; the conversations block it. Precondition: `rules` are there until then.
void connect_to_hosts(dns::Resolver& resolver, const dns::MailRoute& route, const ProbeRules& rules,
                      std::function<void(Connections)> done);

}  // namespace mailpipe::mta

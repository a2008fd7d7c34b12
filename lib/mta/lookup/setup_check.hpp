// SPDX-License-Identifier: ISC
// The rest of a domain's mail set-up: what mxlookup's --check looks at behind the route.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "dns/mail_route.hpp"
#include "mta/lookup/verdict.hpp"

namespace mailpipe::mta {

/// Of all hosts together so many addresses are looked at; the rest is left out, and a note says so.
constexpr std::size_t max_checked_addresses = 100;
/// Of an address so many names are followed back.
constexpr std::size_t max_names_of_address = 5;
/// Domains above one that has no DMARC record, asked up to the one below the root's child: RFC 7489 would need a list of
/// public suffixes.
constexpr std::size_t max_dmarc_steps = 8;

/// Judges SPF, DMARC, DKIM of the selectors (A-labels), MTA-STS and TLSRPT of the domain, TLSA of each host, PTR of each
/// address, in that order; of an address literal PTR alone. `done` is called once, from within resolver.wait().
/// Precondition: the domain exists.
void check_setup(dns::Resolver& resolver, const dns::MailRoute& route, const std::vector<std::string>& selectors,
                 std::function<void(std::vector<Verdict>)> done);

}  // namespace mailpipe::mta

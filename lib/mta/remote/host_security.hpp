// SPDX-License-Identifier: ISC
// How safe the hosts of a site have to be: what a route says, what was seen before, what the DNS says (RFC 7672).
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "dns/mail_route.hpp"
#include "mta/remote/host_session.hpp"
#include "mta/remote/host_tlsa.hpp"
#include "mta/remote/routes.hpp"
#include "mta/remote/tls_memory.hpp"

namespace mailpipe::mta {

/// What is asked of all hosts of a site, before anything is known of one.
struct SiteSecurity {
    Security least = Security::opportunistic;
    bool asks_tlsa = true;             ///< TLSA records raise it
    bool takes_domain_names = false;   ///< verified: a certificate may also have the recipients' domain
    std::string why{};
};

/// A level that the route names counts as it is: none and opportunistic are raised by nothing, encrypted and verify by TLSA
/// records. Where it names none, smtps: and a login need TLS, and what was seen counts.
SiteSecurity site_security(const Route* route, SeenTls seen);

/// The names by which a certificate is known: those of the recipients' domain count where the DNS leads from it to the host
/// safely (RFC 7672 section 3.2.2).
struct DomainNames {
    std::string domain{};     ///< empty: a route has named the host
    std::string canonical{};  ///< where its CNAMEs lead
    bool has_mx = false;
    bool is_authentic = false;
};

struct HostSecurity {
    Security security;
    tls::Expectation expectation;
    std::string why;
};

/// Of one host. The error: why it can't be used now, which is temporary.
tl::expected<HostSecurity, std::string> host_security(const SiteSecurity& site, const DomainNames& names, const dns::RouteHost& host,
                                                      const HostTlsa& tlsa);

}  // namespace mailpipe::mta

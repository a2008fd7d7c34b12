// SPDX-License-Identifier: ISC
// What the DNS, and only a validated one, says of a host's certificate (RFC 7672 section 2.2).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dns/mail_route.hpp"
#include "dns/resolver.hpp"
#include "tls/client_context.hpp"

namespace mailpipe::mta {

struct HostTlsa {
    enum class Kind {
        none,      ///< there are none, or none that were validated
        unusable,  ///< there are validated ones, and none that SMTP can use: TLS is there, whoever it is
        usable,
        failed,    ///< nobody knows: the host must not be used now (RFC 7672 section 2.1.2)
    } kind = Kind::none;
    std::string base{};                      ///< TLSA base domain: the host's name, or where its CNAMEs lead
    std::vector<tls::TlsaRecord> records{};  ///< those that can be used
    std::string trouble{};                   ///< of a failure
};

/// Whose TLSA records are the host's, the first that has validated ones (RFC 7672 section 2.2.3): where its CNAMEs lead, then its
/// own name.
std::vector<std::string> tlsa_bases(const dns::RouteHost& host);
/// "_25._tcp.mx.example.org".
std::string tlsa_name(const std::string& base, std::uint16_t port);

/// Asks for _PORT._tcp.HOST: where the host's CNAMEs lead first, then at its own name (RFC 7672 section 2.2.3). Nothing is asked
/// where the host's addresses were not validated (departs from RFC 7672 section 2.2.2 for a signed CNAME that leads out of signed
/// zones: it counts as not validated). `done` is called once, from within resolver.wait() or at once.
void find_host_tlsa(dns::Resolver& resolver, const dns::RouteHost& host, std::uint16_t port, std::function<void(HostTlsa)> done);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// What the configuration says of the way to a domain: another next hop, how safe it has to be, who we are there. Manual:
// mailpipe.conf(5), ROUTES.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mta/remote/host_session.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::mta {

enum class NextHopKind {
    mx,    ///< as the DNS says
    smtp,  ///< to that host, whose MX is not asked for
    lmtp,  ///< to that LMTP server
};

struct Route {
    std::string pattern;  ///< "example.org", ".example.org" (all below it), "*"; A-labels, lower case
    NextHopKind kind = NextHopKind::mx;
    std::string host{};            ///< smtp: a name in A-labels, or an address without brackets; lmtp over TCP: an address
    std::uint16_t port = 25;       ///< of an smtp host
    net::SocketAddress address{};  ///< lmtp: of the server
    bool tls_first = false;        ///< "smtps:": RFC 8314 section 3.3
    std::optional<Security> security{};  ///< nothing: none was named
    std::string login_file{};      ///< empty: no login
};

/// One value of the key `route`: "PATTERN NEXT-HOP [tls=LEVEL] [login=FILE]". Errors: permanent, 78; what is wrong with which
/// word.
Result<Route> parse_route(std::string_view text);

class Routes {
public:
    Routes() = default;
    /// Errors: as of parse_route(); also for a pattern that is there twice.
    static Result<Routes> parse(const std::vector<std::string>& texts);

    /// For a domain in A-labels and lower case: the domain itself, then what is below the longest ".domain", then "*". Null:
    /// no route is for it, and the DNS decides.
    const Route* find(std::string_view domain) const;

private:
    std::vector<Route> routes_;
};

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// What the configuration says of the way to a domain: another next hop, how safe it has to be, who we are there. Manual:
// mailpipe.conf(5), ROUTES.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mta/remote/host_session.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::mta {

/// As tls= has it: "none", "opportunistic", "encrypted", "verify", "dane".
std::string_view to_string(Security security);

enum class NextHopKind {
    mx,    ///< as the DNS says
    smtp,  ///< to that host, whose MX is not asked for
    lmtp,  ///< to that LMTP server
};

struct Route {
    std::string pattern{};  ///< "example.org", ".example.org" (all below it), "*"; A-labels, lower case
    NextHopKind kind = NextHopKind::mx;
    std::string host{};            ///< smtp: a name in A-labels, or an address without brackets
    std::uint16_t port = 25;       ///< of an smtp host
    net::SocketAddress address{};  ///< lmtp: of the server
    bool tls_first = false;        ///< "smtps:": RFC 8314 section 3.3
    std::optional<Security> security{};  ///< nothing: none was named
    std::string login_file{};      ///< empty: no login

    /// An smtp host that is this one: nobody listens on the way.
    bool is_loopback() const;
};

/// One value of the key `route`: "PATTERN NEXT-HOP [tls=LEVEL] [login=FILE]", parted by blanks, at most 1024 octets. Errors:
/// permanent, 78; what is wrong with which word. What can't be meant is an error, too: a password without TLS to a host that is
/// not this one, an address that is to be verified, TLS for LMTP.
Result<Route> parse_route(std::string_view text);

class Routes {
public:
    Routes() = default;
    /// Errors: as of parse_route(); also for a pattern that is there twice.
    static Result<Routes> parse(const std::vector<std::string>& texts);

    /// For a domain in A-labels and lower case: the domain itself, then what is below the longest ".domain", then "*". For an
    /// address literal only "*". Null: no route is for it, and the DNS decides.
    const Route* find(std::string_view domain) const;

private:
    std::map<std::string, Route, std::less<>> routes_;  // by pattern
};

}  // namespace mailpipe::mta

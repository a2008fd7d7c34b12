// SPDX-License-Identifier: ISC
// Any octets as routes, one a line: what is taken can be followed, and is found by its own pattern.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "dns/name.hpp"
#include "fuzz/require.hpp"
#include "mta/remote/routes.hpp"

using namespace mailpipe;

namespace {

bool can_be_followed(const mta::Route& route) {
    const bool is_address = net::parse_ip(route.host).has_value();
    const bool needs_name = route.security == mta::Security::verified || route.security == mta::Security::dane;
    switch (route.kind) {
        case mta::NextHopKind::mx: return route.host.empty() && route.login_file.empty();
        case mta::NextHopKind::lmtp: return route.address.size > 0 && !route.security && route.login_file.empty();
        case mta::NextHopKind::smtp: break;
    }
    return route.port != 0 && (is_address ? !needs_name : dns::is_host_name(route.host));
}

bool keeps_password(const mta::Route& route) {
    const bool may_be_clear = route.security == mta::Security::none || route.security == mta::Security::opportunistic;
    return route.login_file.empty() || !may_be_clear || route.is_loopback();
}

void check(const std::string& text) {
    const auto route = mta::parse_route(text);
    if (!route) return require(route.error().status == ExitStatus::configuration && !route.error().what.empty());
    require(can_be_followed(*route) && keeps_password(*route));
    const auto& pattern = route->pattern;
    const auto domain = pattern == "*" ? "example.org" : pattern.starts_with('.') ? "x" + pattern : pattern;
    require(domain.starts_with("x.") || dns::to_ascii_name(domain) == domain);
    const auto routes = mta::Routes::parse({text});
    const auto* found = routes->find(domain);
    require(found != nullptr && found->pattern == pattern);
    require(!mta::Routes::parse({text, text}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
        end = std::min(text.find('\n', begin), text.size());
        check(std::string{text.substr(begin, end - begin)});
    }
    return 0;
}

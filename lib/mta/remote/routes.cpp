// SPDX-License-Identifier: ISC
#include "mta/remote/routes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "dns/name.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t max_route_octets = 1024;
constexpr std::string_view next_hops = "mx, smtp:HOST[:PORT], smtps:HOST[:PORT], lmtp:unix:PATH or lmtp:ADDRESS:PORT";
constexpr std::uint16_t smtps_port = 465;  // RFC 8314 section 7.3

struct LevelName {
    std::string_view name;
    Security level;
};
constexpr LevelName level_names[] = {
    {"none", Security::none},         {"opportunistic", Security::opportunistic}, {"encrypted", Security::encrypted},
    {"verify", Security::verified},   {"dane", Security::dane},
};

tl::unexpected<Error> wrong(std::string what) { return failure({Fault::permanent, std::move(what), ExitStatus::configuration}); }

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!(text = trim(text)).empty()) {
        const auto end = std::ranges::find_if(text, is_blank);
        words.emplace_back(text.begin(), end);
        text.remove_prefix(words.back().size());
    }
    return words;
}

Result<std::string> parse_pattern(std::string_view word) {
    if (word == "*") return std::string{word};
    const bool is_below = word.starts_with('.');
    auto name = dns::to_ascii_name(word.substr(is_below ? 1 : 0));
    if (!name) return wrong(fmt::format("{} (a pattern is example.org, .example.org for all below it, or *)", name.error().what));
    return is_below ? "." + *name : *name;
}

/// What stands behind "smtp:".
Result<void> parse_host(std::string_view text, Route& route) {
    auto host = text;
    std::string_view port;
    const bool has_brackets = text.starts_with('[');
    const auto bracket = has_brackets ? text.find(']') : std::string_view::npos;
    if (has_brackets && bracket == std::string_view::npos) return wrong(fmt::format("'{}' has no ']'", text));
    const auto colon = text.find(':', has_brackets ? bracket : 0);
    if (colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        const auto number = to_number<std::uint16_t>(port);
        if (!number || *number == 0) {
            return wrong(fmt::format("'{}' is no port: 1 to 65535 (IPv6 addresses stand in brackets)", port));
        }
        route.port = *number;
    }
    if (has_brackets) {
        if (host.back() != ']') return wrong(fmt::format("'{}': a port, or nothing, comes behind the ']'", text));
        host = host.substr(1, host.size() - 2);
        const auto ip = net::parse_ip(host);
        if (!ip) return wrong(fmt::format("'{}' is no address", host));
        route.host = net::to_string(*ip);
        return {};
    }
    if (const auto ip = net::parse_ip(host)) {
        route.host = net::to_string(*ip);
        return {};
    }
    auto name = dns::to_ascii_name(host);
    if (!name) return wrong(std::move(name.error().what));
    // A last label of digits is no name's but a mistyped address's.
    if (std::ranges::all_of(name->substr(name->rfind('.') + 1), is_digit)) return wrong(fmt::format("'{}' is no address", host));
    route.host = std::move(*name);
    return {};
}

Result<void> parse_lmtp(std::string_view text, Route& route) {
    auto address = net::parse_socket_address(text);
    if (!address) return wrong(std::move(address.error().what));
    const bool is_nowhere = address->any_family || (!address->is_unix() && address->port() == 0);
    if (is_nowhere) return wrong(fmt::format("'{}' is nowhere to connect to", text));
    route.address = *address;
    return {};
}

Result<void> parse_next_hop(std::string_view word, Route& route) {
    const auto rest = word.substr(std::min(word.find(':'), word.size() - 1) + 1);
    if (word == "mx") return {};
    if (word.starts_with("lmtp:")) {
        route.kind = NextHopKind::lmtp;
        return parse_lmtp(rest, route);
    }
    route.kind = NextHopKind::smtp;
    route.tls_first = word.starts_with("smtps:");
    if (route.tls_first) route.port = smtps_port;
    if (route.tls_first || word.starts_with("smtp:")) return parse_host(rest, route);
    return wrong(fmt::format("'{}' is no next hop: {}", word, next_hops));
}

Result<void> parse_setting(std::string_view word, Route& route) {
    if (word.starts_with("tls=")) {
        if (route.security) return wrong("tls= is there twice");
        const auto level = std::ranges::find(level_names, word.substr(4), &LevelName::name);
        if (level == std::end(level_names)) {
            return wrong(fmt::format("'{}': levels are none, opportunistic, encrypted, verify and dane", word));
        }
        route.security = level->level;
        return {};
    }
    if (!word.starts_with("login=")) return wrong(fmt::format("'{}' is neither tls=LEVEL nor login=FILE", word));
    if (!route.login_file.empty()) return wrong("login= is there twice");
    route.login_file = word.substr(6);
    if (!route.login_file.starts_with('/')) return wrong(fmt::format("'{}': a file's path begins with '/'", word));
    return {};
}

/// What each word for itself does not tell.
Result<void> check(const Route& route) {
    const bool is_smtp = route.kind == NextHopKind::smtp;
    const bool needs_name = route.security == Security::verified || route.security == Security::dane;
    const bool may_be_clear = route.security == Security::none || route.security == Security::opportunistic;
    if (route.kind == NextHopKind::lmtp && route.security) return wrong("tls= does not go with lmtp:, where there is no TLS");
    if (!is_smtp && !route.login_file.empty()) return wrong("login= goes with smtp: and smtps:");
    if (is_smtp && needs_name && net::parse_ip(route.host)) {
        return wrong("an address has no name that could be verified: name the host, or say tls=encrypted");
    }
    if (route.tls_first && may_be_clear) return wrong("smtps: is encrypted: tls= is encrypted, verify or dane there");
    if (!route.login_file.empty() && may_be_clear && !route.is_loopback()) {
        return wrong("no password goes out without TLS: tls=verify, or tls=encrypted at least");
    }
    return {};
}

Result<Route> parse_words(std::string_view text) {
    if (text.size() > max_route_octets) return wrong("it has more than 1024 octets");
    const auto is_strange = [](char c) { return is_control(c) && c != '\t'; };
    if (!is_utf8(text) || std::ranges::any_of(text, is_strange)) return wrong("it is no line of text");
    const auto words = words_of(text);
    if (words.size() < 2) return wrong(fmt::format("a pattern and a next hop are needed: {}", next_hops));
    Route route;
    auto pattern = parse_pattern(words[0]);
    if (!pattern) return failure(pattern.error());
    route.pattern = std::move(*pattern);
    auto parsed = parse_next_hop(words[1], route);
    for (std::size_t i = 2; parsed && i < words.size(); ++i) parsed = parse_setting(words[i], route);
    if (parsed) parsed = check(route);
    if (!parsed) return failure(parsed.error());
    return route;
}

}  // namespace

std::string_view to_string(Security security) { return std::ranges::find(level_names, security, &LevelName::level)->name; }

bool Route::is_loopback() const {
    const auto ip = net::parse_ip(host);
    return kind == NextHopKind::smtp && ((ip && ip->is_loopback()) || host == "localhost");
}

Result<Route> parse_route(std::string_view text) {
    auto route = parse_words(text);
    if (!route) route.error().what.insert(0, fmt::format("route '{:.100}': ", line_for_terminal(text)));
    return route;
}

Result<Routes> Routes::parse(const std::vector<std::string>& texts) {
    Routes routes;
    for (const auto& text : texts) {
        auto route = parse_route(text);
        if (!route) return failure(route.error());
        const auto pattern = route->pattern;
        const bool is_new = routes.routes_.emplace(pattern, std::move(*route)).second;
        if (!is_new) return wrong(fmt::format("route '{}': there is one already", pattern));
    }
    return routes;
}

const Route* Routes::find(std::string_view domain) const {
    const auto with = [&](std::string_view pattern) {
        const auto found = routes_.find(pattern);
        return found == routes_.end() ? nullptr : &found->second;
    };
    if (!domain.starts_with('[')) {
        if (const auto* route = with(domain)) return route;
        for (auto dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.', dot + 1)) {
            if (const auto* route = with(domain.substr(dot))) return route;
        }
    }
    return with("*");
}

}  // namespace mailpipe::mta

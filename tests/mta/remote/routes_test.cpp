// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/remote/routes.hpp"

using namespace mailpipe;
using mta::NextHopKind;
using mta::Route;
using mta::Security;

namespace {

constexpr auto mx = NextHopKind::mx;
constexpr auto to_host = NextHopKind::smtp;
constexpr auto lmtp = NextHopKind::lmtp;

}  // namespace

TEST_CASE("A route is a pattern, a next hop and settings", "[mta][remote]") {
    struct Case {
        std::string_view text, pattern;
        NextHopKind kind = mx;
        std::string_view host{};
        std::uint16_t port = 25;
        bool tls_first = false;
        std::optional<Security> security{};
        std::string_view login{};
    };
    const auto c = GENERATE(values<Case>({
        {"example.org mx", "example.org"},
        {" \tExample.ORG\t mx  tls=verify ", "example.org", mx, "", 25, false, Security::verified},
        {"b\xc3\xbc" "cher.example mx tls=dane", "xn--bcher-kva.example", mx, "", 25, false, Security::dane},
        {".example.org mx tls=none", ".example.org", mx, "", 25, false, Security::none},
        {"* smtp:relay.example.org", "*", to_host, "relay.example.org"},
        {"* smtp:Relay.Example.Org.:587 tls=encrypted", "*", to_host, "relay.example.org", 587, false, Security::encrypted},
        {"* smtp:b\xc3\xbc" "cher.example:1", "*", to_host, "xn--bcher-kva.example", 1},
        {"* smtps:relay.example.org", "*", to_host, "relay.example.org", 465, true},
        {"* smtps:relay.example.org:65535", "*", to_host, "relay.example.org", 65535, true},
        {"* smtp:192.0.2.1", "*", to_host, "192.0.2.1"},
        {"* smtp:192.0.2.1:2525", "*", to_host, "192.0.2.1", 2525},
        {"* smtp:[2001:DB8::1]", "*", to_host, "2001:db8::1"},
        {"* smtp:[2001:db8::1]:2525 tls=opportunistic", "*", to_host, "2001:db8::1", 2525, false, Security::opportunistic},
        {"* smtp:[192.0.2.1]:2525", "*", to_host, "192.0.2.1", 2525},
        {"* smtp:relay.example login=/etc/relay tls=verify", "*", to_host, "relay.example", 25, false, Security::verified, "/etc/relay"},
        {"* smtp:relay.example tls=encrypted login=/etc/relay", "*", to_host, "relay.example", 25, false, Security::encrypted, "/etc/relay"},
        {"* smtps:relay.example login=/etc/relay", "*", to_host, "relay.example", 465, true, {}, "/etc/relay"},
        {"* smtp:127.0.0.1 login=/etc/relay tls=none", "*", to_host, "127.0.0.1", 25, false, Security::none, "/etc/relay"},
        {"* smtp:localhost login=/etc/relay tls=opportunistic", "*", to_host, "localhost", 25, false, Security::opportunistic, "/etc/relay"},
        {"example.org lmtp:unix:/run/lmtp", "example.org", lmtp},
        {"example.org lmtp:[::1]:24", "example.org", lmtp},
        {"example.org lmtp:127.0.0.1:24", "example.org", lmtp},
    }));
    CAPTURE(c.text);
    const auto route = mta::parse_route(c.text);
    if (!route) FAIL(route.error().what);
    CHECK(route->pattern == c.pattern);
    CHECK(route->kind == c.kind);
    CHECK(route->host == c.host);
    CHECK(route->port == c.port);
    CHECK(route->tls_first == c.tls_first);
    CHECK(route->security == c.security);
    CHECK(route->login_file == c.login);
    if (c.kind == lmtp) CHECK(c.text.ends_with(net::to_string(route->address)));
}

TEST_CASE("What is wrong with a route is said of its word", "[mta][remote]") {
    struct Case {
        std::string_view text, what;
    };
    const auto c = GENERATE(values<Case>({
        {"", "a pattern and a next hop are needed: mx, smtp:HOST"},
        {"example.org", "a pattern and a next hop are needed"},
        {"exa_mple..org mx", "'exa_mple..org' is no domain: a label is empty (a pattern is"},
        {". mx", "'' is no domain"},
        {"*.example.org mx", "the label '*' has a '*' (a pattern is example.org, .example.org for all below it, or *)"},
        {"user@example.org mx", "'user@example.org' is no domain"},
        {"[192.0.2.1] mx", "'[192.0.2.1]' is no domain"},
        {"* MX", "'MX' is no next hop: mx, smtp:HOST[:PORT]"},
        {"* mx:25", "'mx:25' is no next hop"},
        {"* relay.example", "'relay.example' is no next hop"},
        {"* :", "':' is no next hop"},
        {"* smtp", "'smtp' is no next hop"},
        {"* smtp:", "'' is no domain"},
        {"* smtp:relay.example:0", "'0' is no port"},
        {"* smtp:relay.example:65536", "'65536' is no port"},
        {"* smtp:relay.example:", "'' is no port"},
        {"* smtp:relay.example:25x", "'25x' is no port"},
        {"* smtp:2001:db8::1", "'db8::1' is no port: 1 to 65535 (IPv6 addresses stand in brackets)"},
        {"* smtp:[2001:db8::1", "'[2001:db8::1' has no ']'"},
        {"* smtp:[2001:db8::1]25", "a port, or nothing, comes behind the ']'"},
        {"* smtp:[2001:db8::1]x:25", "a port, or nothing, comes behind the ']'"},
        {"* smtp:[relay.example]", "'relay.example' is no address"},
        {"* smtp:[]", "'' is no address"},
        {"* smtp:192.0.2.300", "'192.0.2.300' is no address"},
        {"* smtp:re~lay.example", "'re~lay.example' is no domain"},
        {"* lmtp:unix:run/lmtp", "a path begins with '/'"},
        {"* lmtp:127.0.0.1", "address '127.0.0.1'"},
        {"* lmtp:127.0.0.1:0", "'127.0.0.1:0' is nowhere to connect to"},
        {"* lmtp:*:24", "'*:24' is nowhere to connect to"},
        {"* lmtp:relay.example:24", "address 'relay.example:24'"},
        {"* mx tls=", "'tls=': levels are none, opportunistic, encrypted, verify and dane"},
        {"* mx tls=Verify", "'tls=Verify': levels are"},
        {"* mx tls=none tls=none", "tls= is there twice"},
        {"* mx verify", "'verify' is neither tls=LEVEL nor login=FILE"},
        {"* smtp:relay.example login=", "'login=': a file's path begins with '/'"},
        {"* smtp:relay.example login=relay", "'login=relay': a file's path begins with '/'"},
        {"* smtp:relay.example login=/a login=/b", "login= is there twice"},
        {"* mx login=/a", "login= goes with smtp: and smtps:"},
        {"* lmtp:unix:/x login=/a", "login= goes with smtp: and smtps:"},
        {"* lmtp:unix:/x tls=none", "tls= does not go with lmtp:"},
        {"* smtp:192.0.2.1 tls=verify", "an address has no name that could be verified"},
        {"* smtp:[::1] tls=dane", "an address has no name that could be verified"},
        {"* smtps:relay.example tls=none", "smtps: is encrypted"},
        {"* smtps:relay.example tls=opportunistic", "smtps: is encrypted"},
        {"* smtp:relay.example login=/a tls=none", "no password goes out without TLS"},
        {"* smtp:192.0.2.1 login=/a tls=opportunistic", "no password goes out without TLS"},
        {"* mx\x01", "it is no line of text"},
        {"* mx\n", "it is no line of text"},
        {"* mx \xff", "it is no line of text"},
    }));
    CAPTURE(c.text);
    const auto route = mta::parse_route(c.text);
    REQUIRE_FALSE(route);
    CHECK(route.error().fault == Fault::permanent);
    CHECK(route.error().status == ExitStatus::configuration);
    CHECK(route.error().what.starts_with("route '"));
    CAPTURE(route.error().what);
    CHECK(route.error().what.find(c.what) != std::string::npos);
}

TEST_CASE("A route has 1024 octets at most", "[mta][remote]") {
    const std::string text = "* smtp:relay.example login=/";
    CHECK(mta::parse_route(text + std::string(1024 - text.size(), 'x')));
    const auto longer = mta::parse_route(text + std::string(1025 - text.size(), 'x'));
    REQUIRE_FALSE(longer);
    CHECK(longer.error().what.ends_with("it has more than 1024 octets"));
}

TEST_CASE("The closest pattern is for a domain", "[mta][remote]") {
    const auto routes = mta::Routes::parse({"* mx", ".org mx", ".example.org mx", "example.org mx", "a.b.example.org mx"}).value();
    const auto pattern = [&](std::string_view domain) { return routes.find(domain)->pattern; };
    CHECK(pattern("example.org") == "example.org");
    CHECK(pattern("a.b.example.org") == "a.b.example.org");
    CHECK(pattern("b.example.org") == ".example.org");
    CHECK(pattern("x.a.b.example.org") == ".example.org");
    CHECK(pattern("notexample.org") == ".org");
    CHECK(pattern("org") == "*");
    CHECK(pattern("example.net") == "*");
    CHECK(pattern("[192.0.2.org]") == "*");
    CHECK(mta::Routes::parse({".example.org mx"}).value().find("example.org") == nullptr);
    CHECK(mta::Routes{}.find("example.org") == nullptr);
}

TEST_CASE("A pattern has one route", "[mta][remote]") {
    const auto routes = mta::Routes::parse({"example.org mx", "Example.ORG smtp:relay.example"});
    REQUIRE_FALSE(routes);
    CHECK(routes.error().status == ExitStatus::configuration);
    CHECK(routes.error().what == "route 'example.org': there is one already");
    CHECK_FALSE(mta::Routes::parse({"example.org mx", "example.net"}));
}

TEST_CASE("Levels have the names that tls= takes", "[mta][remote]") {
    for (const auto level : {Security::none, Security::opportunistic, Security::encrypted, Security::verified, Security::dane}) {
        CHECK(mta::parse_route("* mx tls=" + std::string{to_string(level)}).value().security == level);
    }
}

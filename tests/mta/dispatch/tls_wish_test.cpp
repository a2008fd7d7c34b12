// SPDX-License-Identifier: ISC
#include "mta/dispatch/tls_wish.hpp"

#include "support/catch.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using mta::TlsFit, mta::TlsWish;
using test::envelope_to;

namespace {

mta::SitePlan plan_with(mta::Security security) {
    mta::SitePlan plan{.key = "here"};
    plan.hosts = {{{"mx.example", net::parse_socket_address("192.0.2.1:25").value(), security}, 10, "as it is"}};
    return plan;
}

}  // namespace

TEST_CASE("A message says by its envelope or its header what it asks of TLS; a report does not ask for it", "[mta][rfc8689]") {
    test::SpoolSite site;
    struct Case { std::string_view sender, header; bool require_tls; TlsWish wish; };
    const auto c = GENERATE(values<Case>({
        {"a@here.example", "", false, TlsWish::none},
        {"a@here.example", "", true, TlsWish::required},
        {"a@here.example", "TLS-Required: No\n", false, TlsWish::waived},
        {"a@here.example", "TLS-Required: No\n", true, TlsWish::required},
        {"", "", true, TlsWish::none},
        {"", "TLS-Required: No\n", true, TlsWish::none},
        {"", "TLS-Required: No\n", false, TlsWish::waived},
    }));
    CAPTURE(c.sender, c.header, c.require_tls);
    auto envelope = envelope_to({"b@there.example"}, c.sender);
    envelope.require_tls = c.require_tls;
    auto message = site.take(envelope, "Received: x\n" + std::string{c.header} + "Subject: hi\n\nhello\n");
    CHECK(mta::tls_wish(message) == c.wish);
}

TEST_CASE("What a wish makes of a way depends on who says which its hosts are", "[mta][rfc8689]") {
    struct Case { TlsWish wish; bool is_sure, is_fixed, is_lmtp; TlsFit fit; };
    using enum TlsFit;
    const auto c = GENERATE(values<Case>({
        {TlsWish::none, false, false, false, as_planned},     {TlsWish::none, true, true, false, as_planned},
        {TlsWish::required, false, false, false, refused},    {TlsWish::required, true, false, false, proven},
        {TlsWish::required, true, true, false, proven},       {TlsWish::required, false, false, true, as_planned},
        {TlsWish::waived, false, false, false, no_policy},    {TlsWish::waived, true, true, false, as_planned},
        {TlsWish::waived, false, false, true, as_planned},
    }));
    CAPTURE(c.wish, c.is_sure, c.is_fixed, c.is_lmtp);
    CHECK(fit_of(c.wish, {"there.example", c.is_sure, c.is_fixed}, c.is_lmtp) == c.fit);
}

TEST_CASE("A changed plan is another site's, and says why its hosts are as safe as they are", "[mta][rfc8689]") {
    using enum mta::Security;
    const auto proven = fitted(plan_with(opportunistic), TlsFit::proven);
    CHECK(proven.key == "here\nrequiretls");
    CHECK(proven.needs_requiretls);
    CHECK(proven.hosts[0].host.security == verified);
    CHECK(proven.hosts[0].host.expectation.names == std::vector<std::string>{"mx.example"});
    CHECK(proven.hosts[0].why == "the message has REQUIRETLS");
    CHECK(fitted(plan_with(dane), TlsFit::proven).hosts[0].host.security == dane);

    const auto waived = fitted(plan_with(verified), TlsFit::no_policy);
    CHECK(waived.key == "here\ntls-required: no");
    CHECK_FALSE(waived.needs_requiretls);
    CHECK(waived.hosts[0].host.security == opportunistic);
    CHECK(fitted(plan_with(none), TlsFit::no_policy).hosts[0].host.security == none);
    CHECK(fitted(plan_with(none), TlsFit::as_planned).key == "here");
}

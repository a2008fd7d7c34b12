// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/tls_required.hpp"

using namespace mailpipe;

TEST_CASE("Only TLS-Required: No, once, gives protection up", "[mail][rfc8689-3]") {
    struct Case { std::string_view message; bool gives_up; };
    const auto c = GENERATE(values<Case>({
        {"Subject: x\nTLS-Required: No\n\n", true}, {"tls-required:no\n\n", true}, {"TLS-Required:\n\tNO \nTo: x\n\n", true},
        {"TLS-Required: No", true}, {"TLS-Required: No\r\n\r\n", true},
        {"Subject: x\n\nTLS-Required: No\n", false},  // in the body
        {"TLS-Required: No\nTLS-Required: No\n\n", false}, {"TLS-Required: No\nTLS-Required: Yes\n\n", false},
        {"TLS-Required: Yes\n\n", false}, {"TLS-Required: No, really\n\n", false}, {"TLS-Required:\n\n", false},
        {"X-TLS-Required: No\n\n", false}, {"", false},
    }));
    CAPTURE(c.message);
    CHECK(mail::says_tls_is_not_required(c.message) == c.gives_up);
}

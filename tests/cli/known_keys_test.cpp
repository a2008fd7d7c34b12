// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "cli/known_keys.hpp"

using namespace mailpipe::cli;

TEST_CASE("Site keys and sections are known by their whole names", "[cli]") {
    CHECK(is_site_key("hostname"));
    CHECK(is_site_key("tls-key"));
    CHECK_FALSE(is_site_key("host"));
    CHECK_FALSE(is_site_key("listen"));
    CHECK_FALSE(is_site_key(""));
    CHECK(is_tool("smtpd"));
    CHECK_FALSE(is_tool("smtp"));
}

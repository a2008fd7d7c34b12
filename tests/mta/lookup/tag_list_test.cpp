// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/lookup/tag_list.hpp"

using namespace mailpipe::mta;

TEST_CASE("A tag has the value of its first place", "[lookup][rfc6376-3.2]") {
    CHECK(tag_value("v=DKIM1; k=rsa ; p= ab c", "p") == "ab c");
    CHECK(tag_value("a=1;a=2", "a") == "1");
    CHECK(tag_value("a=b=c", "a") == "b=c");
    CHECK(tag_value("a=;b", "a") == "");
    CHECK(tag_value("a=;b", "b") == "");
    CHECK_FALSE(tag_value("A=1", "a"));
    CHECK_FALSE(tag_value("", "a"));
}

TEST_CASE("The version is the first tag", "[lookup]") {
    CHECK(has_version("v=DMARC1; p=none", "DMARC1"));
    CHECK(has_version(" v = DMARC1", "DMARC1"));
    CHECK_FALSE(has_version("p=none; v=DMARC1", "DMARC1"));
    CHECK_FALSE(has_version("v=DMARC10", "DMARC1"));
    CHECK_FALSE(has_version("v=dmarc1", "DMARC1"));
    CHECK_FALSE(has_version("", "DMARC1"));
}

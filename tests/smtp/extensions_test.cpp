// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "smtp/extensions.hpp"

using namespace mailpipe::smtp;

TEST_CASE("Extensions are found by keyword, whatever its case", "[smtp][rfc5321-4.1.1.1]") {
    const Extensions extensions{"DSN.example hello\nPIPELINING\nsize 1000\nAUTH PLAIN LOGIN"};
    CHECK(extensions.offers("pipelining"));
    CHECK(extensions.parameters("AUTH") == "PLAIN LOGIN");
    CHECK(extensions.max_octets() == 1000);
    CHECK_FALSE(extensions.offers("DSN"));
    CHECK_FALSE(extensions.offers("PLAIN"));
    CHECK_FALSE(extensions.offers("PIPE"));
}

TEST_CASE("SIZE without a number, or with zero, is no limit", "[smtp][rfc1870-3]") {
    CHECK_FALSE(Extensions{"mx\nSIZE"}.max_octets());
    CHECK_FALSE(Extensions{"mx\nSIZE 0"}.max_octets());
    CHECK_FALSE(Extensions{"mx\nSIZE many"}.max_octets());
    CHECK_FALSE(Extensions{}.max_octets());
}

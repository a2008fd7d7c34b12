// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>
#include <string>

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

TEST_CASE("LIMITS tells how many recipients and messages are taken", "[smtp][rfc9422-4]") {
    const Extensions extensions{"mx\nLIMITS MAILMAX=20 rcptmax=100 RCPTDOMAINMAX=2"};
    CHECK(extensions.max_recipients() == 100);
    CHECK(extensions.max_mails() == 20);
    CHECK_FALSE(Extensions{"mx\nLIMITS"}.max_recipients());
    CHECK_FALSE(Extensions{}.max_mails());
}

TEST_CASE("A limit that is none is as if it was not there", "[smtp][rfc9422-4]") {
    struct Case { std::string_view value; std::optional<std::size_t> limit; };
    const auto c = GENERATE(values<Case>({
        {"=1", 1}, {"=999999", 999999}, {"=1000000", {}}, {"=0", {}}, {"=01", {}}, {"=", {}}, {"", {}}, {"=many", {}}, {"=-1", {}}, {"=1;", {}},
    }));
    CAPTURE(c.value);
    const Extensions extensions{"mx\nLIMITS X RCPTMAX" + std::string{c.value} + " MAILMAX=5"};
    CHECK(extensions.max_recipients() == c.limit);
    CHECK(extensions.max_mails() == 5);
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>

#include "smtp/parameters.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

constexpr Offered all{.extensions = true, .auth = true, .xid = true, .require_tls = true};

}  // namespace

TEST_CASE("SIZE is 1 to 20 digits that fit in 64 bits", "[smtp][rfc1870-3]") {
    struct Case { std::string_view text; std::optional<std::uint64_t> octets; };
    const auto c = GENERATE(values<Case>({
        {"0", 0}, {"00000000000000000500", 500}, {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", {}},   // one more than fits
        {"000000000000000000001", {}},  // 21 digits
        {"", {}}, {"-1", {}}, {"+1", {}}, {"1 ", {}}, {"0x10", {}},
    }));
    CAPTURE(c.text);
    const auto got = parse_size(c.text);
    REQUIRE(got.has_value() == c.octets.has_value());
    if (got) CHECK(*got == *c.octets);
    else CHECK(got.error().fault == Fault::permanent);
}

TEST_CASE("MAIL's parameters are all understood", "[smtp][rfc5321-4.1.2]") {
    const auto got = parse_mail_parameters(
        "size=500 BODY=8bitmime  RET=HDRS ENVID=QQ+2B1 SMTPUTF8 AUTH=a+2Bb@c XID=1.M2P3Q4.host RequireTLS", all);
    REQUIRE(got);
    CHECK(got->size == 500);
    CHECK(got->dsn_return == mail::Return::headers);
    CHECK(got->envelope_id == "QQ+2B1");
    CHECK(got->smtputf8);
    CHECK(got->require_tls);
    CHECK(got->xid == "1.M2P3Q4.host");
    CHECK(parse_mail_parameters("RET=full", all)->dsn_return == mail::Return::full);
    CHECK(parse_mail_parameters("BODY=7BIT AUTH=<>", all));
    CHECK(parse_mail_parameters("", all));
}

TEST_CASE("RCPT's parameters are kept as they came", "[smtp][rfc3461-4]") {
    const auto got = parse_rcpt_parameters("NOTIFY=success,Delay ORCPT=rfc822;Bob+2Bx@example.com", all);
    REQUIRE(got);
    CHECK(got->notify == mail::Notify{.success = true, .delay = true});
    CHECK(got->original == "rfc822;Bob+2Bx@example.com");
}

TEST_CASE("Parameters that are wrong get 501, unknown ones 555", "[smtp][rfc5321-4.1.1.11]") {
    struct Case { std::string_view text; int code; };
    const auto c = GENERATE(values<Case>({
        {"SIZE", 501}, {"SIZE=", 501}, {"SIZE=x", 501}, {"SIZE=1 SIZE=1", 501}, {"SIZE=1=2", 501}, {"=1", 501},
        {"SIZE=1\tBODY", 501}, {"BODY=BINARYMIME", 501}, {"BODY", 501}, {"RET=ALL", 501}, {"RET", 501},
        {"RET=FULL RET=FULL", 501}, {"ENVID=", 501}, {"ENVID=a+b", 501}, {"ENVID=+0A", 501}, {"ENVID=+C3+A9", 501},
        {"SMTPUTF8=1", 501}, {"REQUIRETLS=1", 501}, {"AUTH", 501}, {"AUTH=a", 501}, {"AUTH=a+b@c", 501}, {"XID=../x", 501}, {"XID=.x", 501},
        {"XID", 501}, {"FOO", 555}, {"FOO=1", 555}, {"NOTIFY=NEVER", 555}, {"X-SIZE=1", 555}, {"SIZE:1", 501},
    }));
    CAPTURE(c.text);
    const auto got = parse_mail_parameters(c.text, all);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == c.code);
    CHECK(got.error().enhanced == "5.5.4");
}

TEST_CASE("RCPT's DSN parameters are strict", "[smtp][rfc3461-4]") {
    const std::string_view text = GENERATE(
        "NOTIFY", "NOTIFY=", "NOTIFY=NEVER,SUCCESS", "NOTIFY=SUCCESS,NEVER", "NOTIFY=SUCCESS,", "NOTIFY=,SUCCESS",
        "NOTIFY=SUCCESS NOTIFY=DELAY", "NOTIFY=ALWAYS", "ORCPT", "ORCPT=a@b", "ORCPT=;a@b", "ORCPT=rfc822;",
        "ORCPT=rfc822;a=b", "ORCPT=rfc822;a+b@c", "ORCPT=rfc822;+0D", "ORCPT=x 822;a", "ORCPT=rfc822;\xc3\xa9@b",
        "ORCPT=utf-8;\xff@b", "ORCPT=rfc822;a@b ORCPT=rfc822;a@b");
    CAPTURE(text);
    const auto got = parse_rcpt_parameters(text, all);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == 501);
}

TEST_CASE("ORCPT may be in UTF-8 when its type says so", "[smtp][rfc6533-3]") {
    CHECK(parse_rcpt_parameters("ORCPT=utf-8;\xc3\xa9@b", all));
    CHECK(parse_rcpt_parameters("ORCPT=utf-8;\\x{E9}@b", all));
}

TEST_CASE("ENVID has 100 octets at most, ORCPT 500", "[smtp][rfc3461-4.2][rfc3461-4.4]") {
    CHECK(check_envelope_id(std::string(100, 'a')));
    CHECK_FALSE(check_envelope_id(std::string(101, 'a')));
    const std::string type = "rfc822;";
    const auto room = 500 - std::string_view{"ORCPT="}.size() - type.size();
    CHECK(check_original_recipient(type + std::string(room, 'a')));
    CHECK_FALSE(check_original_recipient(type + std::string(room + 1, 'a')));
}

TEST_CASE("What was not offered is not taken", "[smtp][rfc5321-4.1.1.11]") {
    CHECK(parse_mail_parameters("SIZE=1", {.extensions = false}).error().code == 555);
    CHECK(parse_rcpt_parameters("NOTIFY=NEVER", {.extensions = false}).error().code == 555);
    CHECK(parse_mail_parameters("AUTH=<>", {}).error().code == 555);
    CHECK(parse_mail_parameters("XID=1.M2P3Q4.host", {}).error().code == 555);
}

// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "pop3/uidl.hpp"

using namespace mailpipe::pop3;

namespace {

std::string unique_id(std::string_view format, std::string_view base = "1700000000.M1P2.mx,S=3,W=4") {
    std::string out;
    UidlFormat::parse(format)->append(out, {26, 0x6b01f2d9, base});
    return out;
}

}  // namespace

TEST_CASE("Unique-ids look as the server's that a mailbox came from", "[pop3][rfc1939-7]") {
    struct Case { std::string_view format, text; };
    const auto c = GENERATE(values<Case>({
        {"dovecot", "0000001a6b01f2d9"},
        {"%08Xu%08Xv", "0000001a6b01f2d9"},
        {"courier", "UID26-1795289817"},
        {"cyrus", "1795289817.26"},
        {"filename", "1700000000.M1P2.mx,S=3,W=4"},
        {"%u", "26"}, {"%4u", "0026"}, {"%Xu%%", "1a%"}, {"x%10u", "x0000000026"},
    }));
    CAPTURE(c.format);
    CHECK(unique_id(c.format) == c.text);
}

TEST_CASE("Dovecot's form is the default, and stands in for a name that can't be sent", "[pop3][rfc1939-7]") {
    std::string out;
    UidlFormat{}.append(out, {1, 0x6b01f2d9, ""});
    CHECK(out == "000000016b01f2d9");
    CHECK(unique_id("filename", std::string(70, 'x')) == std::string(70, 'x'));
    CHECK(unique_id("filename", std::string(71, 'x')) == "0000001a6b01f2d9");
    CHECK(unique_id("filename", "a b") == "0000001a6b01f2d9");
    CHECK(unique_id("filename", "caf\xc3\xa9") == "0000001a6b01f2d9");
    CHECK(unique_id("filename", "") == "0000001a6b01f2d9");
}

TEST_CASE("A format must tell messages apart, and be one", "[pop3]") {
    const auto format = GENERATE("", "%v", "x", "%", "%u%", "%08X", "%11u", "%99999999999u", "%g", "%u b", "%u\xc3\xa9");
    CAPTURE(format);
    const auto parsed = UidlFormat::parse(format);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().status == mailpipe::ExitStatus::configuration);
}

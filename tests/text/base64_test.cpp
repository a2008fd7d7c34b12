// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "text/base64.hpp"

using namespace std::string_literals;
using mailpipe::text::base64_decode;
using mailpipe::text::base64_encode;

TEST_CASE("Base64 goes there and back", "[text][rfc4648-10]") {
    struct Case { std::string octets, text; };
    const auto c = GENERATE(values<Case>({
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"}, {"\0a\0b"s, "AGEAYg=="}, {"\0\0\0"s, "AAAA"}, {"\0"s, "AA=="}, {"\xff\xfe\xfd", "//79"},
        {"\xfb\xef\xbe", "++++"},
    }));
    CAPTURE(c.text);
    CHECK(base64_encode(c.octets) == c.text);
    const auto got = base64_decode(c.text);
    REQUIRE(got);
    CHECK(*got == c.octets);
}

TEST_CASE("Base64 has one spelling: all others are refused", "[text][rfc4648-3.5]") {
    const std::string text = GENERATE(values<std::string>({
        "Z", "Zg", "Zg=", "Zg===", "Zg==Zg==", "Zm8=Zm8=", "=", "==", "===", "====", "Z===", "Zm9v=", "Z=g=",
        " Zg=", "Zg==\r\n", "\nZm9v", "Zm9v    ", "    Zm9v", "Zm 9", "Zm9-", "Zm9_", "Zm9*", "-----", "Zm9v----",
        "Zh==", "Zm9=", "AB==", "AAB=", "Zm9\0"s, "Zm9\x80", "*",
    }));
    CAPTURE(text);
    const auto got = base64_decode(text);
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == mailpipe::Fault::permanent);
}

TEST_CASE("Base64 keeps a long value", "[text]") {
    for (std::size_t size = 12280; size < 12300; ++size) {
        std::string octets(size, '\0');
        for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<char>(i * 7);
        CHECK(base64_decode(base64_encode(octets)) == octets);
    }
}

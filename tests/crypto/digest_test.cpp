// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fmt/format.h>

#include "crypto/digest.hpp"

using mailpipe::crypto::Digest;
using mailpipe::crypto::digest;

TEST_CASE("Digests of \"abc\" are those of the standards", "[crypto][rfc1321]") {
    const auto hex = [](Digest kind) {
        std::string text;
        for (const char c : digest(kind, "abc")) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
        return text;
    };
    CHECK(hex(Digest::md5) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hex(Digest::sha1) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(Digest::sha256) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(Digest::sha512) == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("Comparison in constant time is a comparison", "[crypto]") {
    using mailpipe::crypto::equal_in_constant_time;
    CHECK(equal_in_constant_time("", ""));
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("abc", "ab"));
    CHECK_FALSE(equal_in_constant_time("", "a"));
}

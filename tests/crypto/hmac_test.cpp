// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "crypto/hmac.hpp"

using namespace mailpipe::crypto;

namespace {

std::string hex(const std::string& octets) {
    std::string text;
    for (const char c : octets) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto octet = static_cast<unsigned char>(c);
        text += {digits[octet / 16U], digits[octet % 16U]};
    }
    return text;
}

}  // namespace

TEST_CASE("HMAC gives the known values", "[crypto]") {
    CHECK(hex(hmac(Digest::sha256, "Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(hmac(Digest::sha256, "", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(hmac(Digest::sha512, "k", "d").size() == 64);
}

TEST_CASE("PBKDF2 gives the known values", "[crypto]") {
    CHECK(hex(pbkdf2(Digest::sha256, "passwd", "salt", 1)) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    CHECK(hex(pbkdf2(Digest::sha256, "Password", "NaCl", 80000)) == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
    CHECK(pbkdf2(Digest::sha512, "", "", 1).size() == 64);
}

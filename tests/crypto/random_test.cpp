// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>

#include "crypto/random.hpp"

TEST_CASE("Random octets differ, and come as hexadecimal digits", "[crypto]") {
    const auto one = mailpipe::crypto::random_hex(16);
    CHECK(one.size() == 32);
    CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(one != mailpipe::crypto::random_hex(16));
    CHECK(mailpipe::crypto::random_hex(0).empty());
}

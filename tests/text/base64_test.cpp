// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <random>

#include "crypto/base64.hpp"
#include "text/base64.hpp"

using mailpipe::text::append_base64;

TEST_CASE("Octets are written as the strict codec writes them", "[text][rfc4648-4]") {
    std::mt19937 random{1};
    for (std::size_t size = 0; size < 200; ++size) {
        std::string octets(size, '\0');
        for (auto& c : octets) c = static_cast<char>(random());
        std::string out = "before ";
        append_base64(out, octets);
        CHECK(out == "before " + mailpipe::crypto::base64_encode(octets));
    }
}

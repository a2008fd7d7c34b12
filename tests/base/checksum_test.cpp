// SPDX-License-Identifier: ISC
#include "base/checksum.hpp"

#include <string>

#include "support/catch.hpp"

using mailpipe::checksum;

TEST_CASE("no octet changes, comes or goes without the checksum", "[base]") {
    const std::string text = "what a crash may tear, of some length";
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CHECK(checksum(changed) != checksum(text));
        CHECK(checksum(text.substr(0, at)) != checksum(text));
        CHECK(checksum(text.substr(0, at) + std::string(text.size() - at, '\0')) != checksum(text));
    }
    CHECK(checksum(std::string(8, '\0')) != checksum(std::string(9, '\0')));
    CHECK(checksum("") == checksum(""));
}

// SPDX-License-Identifier: ISC
#include "imap/search/key_table.hpp"

#include <string>

#include "support/catch.hpp"

using namespace mailpipe::imap;

TEST_CASE("What comes again has its number", "[imap]") {
    std::vector<std::string> texts;
    for (int i = 0; i < 1000; ++i) texts.push_back(std::to_string(i) + std::string(i % 40, 'x'));
    KeyTable keys{1};
    HashTable hashes{1};
    for (int round = 0; round < 2; ++round) {
        for (std::uint32_t i = 0; i < texts.size(); ++i) {
            CHECK(keys.number_of(texts[i]) == i);
            CHECK(hashes.number_of((std::uint64_t{i} << 40) + 1) == i);
        }
    }
}

// SPDX-License-Identifier: ISC
#include "imap/search/context_change.hpp"

#include <algorithm>
#include <random>
#include <sstream>

#include "imap/grammar/sequence_set.hpp"
#include "support/catch.hpp"

using namespace mailpipe;
using imap::Placed;
using imap::ResultOrder;
using Numbers = std::vector<std::uint32_t>;

namespace {

/// "(7 3:5,1 2 9)": the pairs in the parentheses of ADDTO or REMOVEFROM.
std::vector<std::pair<std::size_t, Numbers>> pairs_of(const std::string& text) {
    std::istringstream in{text.substr(text.find('(') + 1)};
    std::vector<std::pair<std::size_t, Numbers>> pairs;
    std::size_t position = 0;
    for (std::string set; in >> position >> set;) {
        Numbers numbers;
        std::istringstream ranges{set};
        for (std::string range; std::getline(ranges, range, ',');) {
            const auto parsed = imap::parse_sequence_set(range.substr(0, range.find(')'))).value();
            for (const auto& [first, last] : parsed.ranges()) {
                for (auto i = first; i <= last; ++i) numbers.push_back(i);
            }
        }
        pairs.emplace_back(position, numbers);
    }
    return pairs;
}

/// As a client obeys them: RFC 5267 sections 4.3.3 and 4.3.4.
void obey_removals(Numbers& result, const std::string& text) {
    for (const auto& [position, numbers] : pairs_of(text)) {
        if (position == 0) {
            for (const auto number : numbers) REQUIRE(std::erase(result, number) == 1);
            continue;
        }
        const auto at = result.begin() + static_cast<std::ptrdiff_t>(position - 1);
        REQUIRE(std::equal(numbers.begin(), numbers.end(), at));
        result.erase(at, at + static_cast<std::ptrdiff_t>(numbers.size()));
    }
}

void obey_additions(Numbers& result, const std::string& text) {
    for (const auto& [position, numbers] : pairs_of(text)) {
        if (position == 0) {
            result.insert(result.end(), numbers.begin(), numbers.end());
            std::ranges::sort(result);
        } else {
            REQUIRE(position <= result.size() + 1);
            result.insert(result.begin() + static_cast<std::ptrdiff_t>(position - 1), numbers.begin(), numbers.end());
        }
    }
}

std::vector<Placed> chosen(const Numbers& result, const Numbers& numbers) {
    std::vector<Placed> placed;
    for (std::uint32_t i = 0; i < result.size(); ++i) {
        if (std::ranges::find(numbers, result[i]) != numbers.end()) placed.push_back({i + 1, result[i]});
    }
    return placed;
}

}  // namespace

TEST_CASE("SEARCH's changes have no position", "[imap][rfc5267-4.3.3]") {
    CHECK(imap::add_to(std::vector<Placed>{{1, 32768}, {2, 32769}, {9, 40000}}, ResultOrder::mailbox) == " ADDTO (0 32768:32769,40000)");
    CHECK(imap::remove_from(std::vector<Placed>{{4, 32768}}, ResultOrder::mailbox) == " REMOVEFROM (0 32768)");
    CHECK(imap::add_to({}, ResultOrder::mailbox).empty());
    CHECK(imap::remove_from({}, ResultOrder::sorted).empty());
}

TEST_CASE("SORT's changes are told from where each is right", "[imap][rfc5267-4.3.3][rfc5267-4.3.4]") {
    CHECK(imap::add_to(std::vector<Placed>{{1, 2731}, {2, 2732}, {3, 2733}}, ResultOrder::sorted) == " ADDTO (1 2731:2733)");
    CHECK(imap::add_to(std::vector<Placed>{{1, 9}, {2, 3}, {7, 5}}, ResultOrder::sorted) == " ADDTO (1 9,3 7 5)");
    CHECK(imap::remove_from(std::vector<Placed>{{1, 9}, {2, 3}, {7, 5}}, ResultOrder::sorted) == " REMOVEFROM (7 5 1 9,3)");
}

TEST_CASE("Who obeys ADDTO and REMOVEFROM has the result", "[imap][rfc5267-4.3.2]") {
    std::mt19937 random{5267};
    for (int round = 0; round < 500; ++round) {
        const auto order = round % 2 == 0 ? ResultOrder::sorted : ResultOrder::mailbox;
        Numbers all(random() % 30 + 1);
        for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i + 1;
        if (order == ResultOrder::sorted) std::ranges::shuffle(all, random);
        Numbers before, after, out, in;
        for (const auto number : all) {
            const bool was_in = random() % 2 == 0;
            const bool is_in = random() % 3 == 0 ? !was_in : was_in;
            if (was_in) before.push_back(number);
            if (is_in) after.push_back(number);
            if (was_in && !is_in) out.push_back(number);
            if (!was_in && is_in) in.push_back(number);
        }
        const auto removed = imap::remove_from(chosen(before, out), order);
        const auto added = imap::add_to(chosen(after, in), order);
        CAPTURE(removed, added);
        Numbers clients = before;
        if (!removed.empty()) obey_removals(clients, removed);
        if (!added.empty()) obey_additions(clients, added);
        CHECK(clients == after);
    }
}

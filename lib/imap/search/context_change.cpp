// SPDX-License-Identifier: ISC
#include "imap/search/context_change.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "imap/grammar/sequence_set.hpp"

namespace mailpipe::imap {

namespace {

struct Run {
    std::uint32_t position;
    std::vector<std::uint32_t> numbers;
};

/// Neighbours go together.
std::vector<Run> runs_of(std::span<const Placed> all, ResultOrder order) {
    std::vector<Run> runs;
    std::uint32_t next = 0;
    for (const auto& [place, number] : all) {
        if (runs.empty() || (order == ResultOrder::sorted && place != next)) {
            runs.push_back({order == ResultOrder::sorted ? place : 0, {}});
        }
        runs.back().numbers.push_back(number);
        next = place + 1;
    }
    return runs;
}

std::string to_text(std::string_view name, const std::vector<Run>& runs) {
    if (runs.empty()) return {};
    std::string out = fmt::format(" {} (", name);
    for (const auto& run : runs) {
        out += fmt::format("{}{} {}", out.ends_with('(') ? "" : " ", run.position, ordered_set(run.numbers));
    }
    return out + ")";
}

}  // namespace

std::string remove_from(std::span<const Placed> gone, ResultOrder order) {
    auto runs = runs_of(gone, order);
    std::ranges::reverse(runs);  // from the end: so no position is moved by what has gone before
    return to_text("REMOVEFROM", runs);
}

std::string add_to(std::span<const Placed> added, ResultOrder order) { return to_text("ADDTO", runs_of(added, order)); }

}  // namespace mailpipe::imap

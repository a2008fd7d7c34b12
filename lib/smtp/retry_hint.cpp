// SPDX-License-Identifier: ISC
#include "smtp/retry_hint.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "text/cursor.hpp"

namespace mailpipe::smtp {

namespace {

using std::chrono::seconds;
using text::Cursor;

constexpr std::size_t max_digits = 6;

// How the words begin that speak of trying later.
constexpr std::string_view cues[] = {"greylist", "graylist", "grey-list", "gray-list", "again", "retry", "back", "wait", "later"};
// What may stand between those and the time. The cues may, too: "greylisted, retry in".
constexpr std::string_view links[] = {"in", "after", "for", "at", "least", "about", "approximately", "another", "the", "next", "and",
                                      "please", "try", "come", "time", "is", "of", "active", "sending", "your", "message"};

struct Unit {
    std::string_view name;
    seconds length;
};
constexpr Unit units[] = {
    {"s", seconds{1}},       {"sec", seconds{1}},     {"secs", seconds{1}},    {"second", seconds{1}},  {"seconds", seconds{1}},
    {"m", seconds{60}},      {"min", seconds{60}},    {"mins", seconds{60}},   {"minute", seconds{60}}, {"minutes", seconds{60}},
    {"h", seconds{3600}},    {"hr", seconds{3600}},   {"hrs", seconds{3600}},  {"hour", seconds{3600}}, {"hours", seconds{3600}},
    {"d", seconds{24 * 3600}}, {"day", seconds{24 * 3600}}, {"days", seconds{24 * 3600}},
};

bool is_word(char c) { return is_alpha(c) || c == '-'; }
/// A full stop ends what a cue speaks of; so does everything else that is not here.
bool is_gap(char c) { return c == ' ' || c == '\n' || c == ',' || c == ':' || c == '(' || c == '"' || c == '-'; }

std::optional<std::int64_t> take_digits(Cursor& cursor) {
    const auto digits = cursor.take_while(is_digit);
    return digits.size() > max_digits ? std::nullopt : to_number<std::int64_t>(digits);
}

/// "04:59" and "00:04:59", behind its first number.
std::optional<seconds> clock_span(Cursor& cursor, std::int64_t first) {
    std::int64_t total = first;
    int parts = 1;
    for (; parts < 3 && cursor.take(':'); ++parts) {
        const auto part = take_digits(cursor);
        if (!part || *part > 59) return {};
        total = total * 60 + *part;
    }
    return parts > 1 ? std::optional{seconds{total}} : std::nullopt;
}

/// "4 minutes and 59 seconds": each part with its unit.
std::optional<seconds> take_span(Cursor& cursor) {
    std::optional<seconds> total;
    for (;;) {
        const auto number = take_digits(cursor);
        if (!number) return total;
        if (cursor.peek() == ':') return total ? total : clock_span(cursor, *number);
        cursor.take_while(is_blank);
        const auto name = cursor.take_while(is_alpha);
        const auto unit = std::ranges::find_if(units, [name](const Unit& u) { return iequals(u.name, name); });
        if (unit == std::end(units)) return total;
        total = total.value_or(seconds{0}) + *number * unit->length;
        cursor.take_while(is_gap);
        if (cursor.take_word("and")) cursor.take_while(is_gap);
    }
}

}  // namespace

std::optional<seconds> retry_hint(const Reply& reply) {
    if (reply.code < 400 || reply.code > 499) return {};
    Cursor cursor{reply.text};
    for (bool cued = false; !cursor.at_end();) {
        if (is_digit(cursor.peek())) {
            const auto span = take_span(cursor);
            if (cued && span) return std::clamp(*span, min_retry_hint, max_retry_hint);
            cued = false;
        }
        const auto word = cursor.take_while(is_word);
        if (std::ranges::any_of(cues, [word](auto cue) { return istarts_with(word, cue); })) {
            cued = true;
        } else if (!word.empty()) {
            cued = cued && std::ranges::any_of(links, [word](auto link) { return iequals(word, link); });
        }
        if (!cursor.at_end() && !is_digit(cursor.peek()) && !is_gap(cursor.next())) cued = false;
    }
    return {};
}

}  // namespace mailpipe::smtp

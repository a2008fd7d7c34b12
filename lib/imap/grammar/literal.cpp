// SPDX-License-Identifier: ISC
#include "imap/grammar/literal.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::string_view line_end = "\r\n";

/// ["~"] "{" number64 ["+"] "}"
std::optional<Literal> take_announcement(text::Cursor& cursor) {
    Literal literal;
    literal.is_binary = cursor.take('~');
    if (!cursor.take('{')) return {};
    const auto octets = to_number<std::int64_t>(cursor.take_while(is_digit));
    literal.is_sync = !cursor.take('+');
    if (!octets || !cursor.take('}')) return {};
    literal.octets = static_cast<std::uint64_t>(*octets);
    return literal;
}

}  // namespace

Result<std::optional<Literal>> trailing_literal(std::string_view line) {
    const auto brace = line.rfind('{');
    if (!line.ends_with('}') || brace == std::string_view::npos) return std::nullopt;
    auto digits = line.substr(brace + 1, line.size() - brace - 2);
    if (digits.ends_with('+')) digits.remove_suffix(1);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;

    text::Cursor cursor{line.substr(brace > 0 && line[brace - 1] == '~' ? brace - 1 : brace)};
    const auto literal = take_announcement(cursor);
    if (!literal) return failure({Fault::permanent, "a literal of more octets than there are"});
    return literal;
}

std::optional<std::string_view> take_literal(text::Cursor& cursor) {
    auto ahead = cursor;
    const auto literal = take_announcement(ahead);
    if (!literal || !ahead.rest().starts_with(line_end)) return {};
    ahead.advance(line_end.size());
    if (ahead.rest().size() < literal->octets) return {};
    const auto octets = ahead.rest().substr(0, literal->octets);
    if (!literal->is_binary && octets.find('\0') != std::string_view::npos) return {};
    ahead.advance(octets.size());
    cursor = ahead;
    return octets;
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/grammar/tokens.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "imap/grammar/literal.hpp"

namespace mailpipe::imap {

namespace {

constexpr bool is_special(char c, std::string_view specials) {
    return is_control(c) || specials.find(c) != std::string_view::npos;
}

/// Two passes, the first for where it ends: a string without its end costs no more than its length.
std::optional<std::string> take_quoted(text::Cursor& cursor) {
    auto ahead = cursor;
    if (!ahead.take('"')) return {};
    std::string text;
    while (!ahead.at_end() && ahead.peek() != '"') {
        const bool is_escaped = ahead.take('\\');
        const char c = ahead.at_end() ? '\0' : ahead.next();
        if (c == '\0' || c == '\r' || c == '\n') return {};
        // Only '"' and '\' may be escaped; what Outlook escapes besides stays as it is.
        if (is_escaped && c != '"' && c != '\\') text += '\\';
        text += c;
    }
    if (!ahead.take('"') || !is_utf8(text)) return {};
    cursor = ahead;
    return text;
}

std::optional<std::string> take_run(text::Cursor& cursor, bool (*is)(char)) {
    auto ahead = cursor;
    const auto run = ahead.take_while(is);
    if (run.empty() || !is_utf8(run)) return {};
    cursor = ahead;
    return std::string(run);
}

template <typename Number>
std::optional<Number> take_digits(text::Cursor& cursor) {
    auto ahead = cursor;
    const auto number = to_number<Number>(ahead.take_while(is_digit));
    if (number) cursor = ahead;
    return number;
}

}  // namespace

bool is_atom_char(char c) { return is_ascii(c) && !is_special(c, "(){ %*\"\\]"); }
bool is_astring_char(char c) { return !is_special(c, "(){ %*\"\\"); }
bool is_list_char(char c) { return is_astring_char(c) || c == '%' || c == '*'; }

std::optional<std::string_view> take_atom(text::Cursor& cursor) {
    const auto atom = cursor.take_while(is_atom_char);
    return atom.empty() ? std::nullopt : std::optional{atom};
}

std::optional<std::string> take_string(text::Cursor& cursor) {
    auto ahead = cursor;
    auto text = take_binary_string(ahead);
    if (!text || text->find('\0') != std::string::npos) return {};
    cursor = ahead;
    return text;
}

std::optional<std::string> take_binary_string(text::Cursor& cursor) {
    if (cursor.peek() == '"') return take_quoted(cursor);
    const auto literal = take_literal(cursor);
    return literal ? std::optional{std::string(*literal)} : std::nullopt;
}

std::optional<std::string> take_astring(text::Cursor& cursor) {
    if (auto literal = take_string(cursor)) return literal;
    return take_run(cursor, is_astring_char);
}

std::optional<std::string> take_pattern(text::Cursor& cursor) {
    if (auto literal = take_string(cursor)) return literal;
    return take_run(cursor, is_list_char);
}

bool take_nil(text::Cursor& cursor) {
    auto ahead = cursor;
    const bool is_nil = ahead.take_word("NIL") && !is_astring_char(ahead.peek());
    if (is_nil) cursor = ahead;
    return is_nil;
}

std::optional<std::uint64_t> take_number64(text::Cursor& cursor) { return take_digits<std::int64_t>(cursor); }

std::optional<std::uint32_t> take_nz_number(text::Cursor& cursor) {
    auto ahead = cursor;
    const auto number = take_digits<std::uint32_t>(ahead);
    if (!number || *number == 0) return {};
    cursor = ahead;
    return number;
}

}  // namespace mailpipe::imap

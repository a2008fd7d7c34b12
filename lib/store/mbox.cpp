// SPDX-License-Identifier: ISC
#include "store/mbox.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "text/cursor.hpp"

namespace mailpipe::store {

namespace {

constexpr std::string_view mark = "From ";
constexpr std::size_t max_from_octets = 1000;

std::string_view take_word(text::Cursor& cursor) {
    cursor.take_while(is_blank);
    return cursor.take_while(is_no_blank);
}

template <std::size_t N>
bool is_one_of(const std::string_view (&names)[N], std::string_view word) {
    if (word.ends_with(',')) word.remove_suffix(1);
    return std::ranges::any_of(names, [&](std::string_view name) { return iequals(name, word); });
}

/// hour ":" minute …
bool is_time_of_day(std::string_view word) {
    text::Cursor cursor{word};
    const auto hour = cursor.take_while(is_digit);
    return (hour.size() == 1 || hour.size() == 2) && cursor.take(':') && is_digit(cursor.peek());
}

std::string_view line_at(std::string_view text, std::size_t begin) {
    auto line = text.substr(begin, text.find('\n', begin) - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Behind the line's end, or the text's.
std::size_t after_line(std::string_view text, std::size_t begin) {
    return std::min(text.find('\n', begin), text.size() - 1) + 1;
}

/// A header's first line, or a from line that was there before (and is quoted now).
bool begins_header(std::string_view line) {
    if (line.starts_with(">From ")) return true;
    text::Cursor cursor{line};
    return !cursor.take_while(mail::is_name_octet).empty() && cursor.take(':');
}

bool is_separator(std::string_view mbox, std::size_t begin) {
    const auto next = after_line(mbox, begin);
    return is_from_line(line_at(mbox, begin)) && next < mbox.size() && begins_header(line_at(mbox, next));
}

/// Behind the empty lines at `begin`; no more of them than anybody writes.
std::size_t after_empty_lines(std::string_view text, std::size_t begin) {
    constexpr int most = 10;
    for (int n = 0; n < most && begin < text.size() && line_at(text, begin).empty(); ++n) begin = after_line(text, begin);
    return begin;
}

/// Without the empty line that stands before a from line, and at the end.
std::string_view without_empty_line(std::string_view text) {
    if (text.ends_with("\n\n")) return text.substr(0, text.size() - 1);
    return text.ends_with("\n\r\n") ? text.substr(0, text.size() - 2) : text;
}

/// Where a line begins ">From ", not before `from`: the place of its first '>'.
std::size_t find_quoted_from(std::string_view text, std::size_t from) {
    auto at = from;
    while ((at = text.find(">From ", at)) != text.npos) {
        auto begin = at;
        while (begin > from && text[begin - 1] == '>') --begin;
        if (begin == 0 || text[begin - 1] == '\n') return begin;
        at += mark.size();
    }
    return at;
}

}  // namespace

bool is_from_line(std::string_view line) {
    if (!line.starts_with(mark) || line.size() > max_from_octets) return false;
    text::Cursor cursor{line.substr(mark.size())};
    bool has_day = false, has_month = false, has_time = false;
    while (!cursor.at_end()) {
        const auto word = take_word(cursor);
        has_month = has_month || (has_day && is_one_of(mail::month_names, word));
        has_time = has_time || (has_day && is_time_of_day(word));
        has_day = has_day || is_one_of(mail::day_names, word);
    }
    return has_month && has_time;
}

bool is_mbox(std::string_view text) { return text.starts_with(mark) && is_from_line(line_at(text, 0)); }

std::optional<MboxMessage> MboxReader::next() {
    if (at_end()) return {};
    const auto from_line = line_at(mbox_, at_);
    const auto begin = after_line(mbox_, at_);
    const auto counted = counted_end(begin);
    const auto end = counted ? *counted : next_from_line(begin);
    at_ = counted ? after_empty_lines(mbox_, end) : end;
    const auto text = mbox_.substr(begin, end - begin);
    return MboxMessage{from_line, counted ? text : without_empty_line(text), counted.has_value()};
}

std::optional<std::size_t> MboxReader::counted_end(std::size_t begin) const {
    const auto rest = mbox_.substr(begin);
    mail::HeaderReader header{rest};
    std::optional<std::uint64_t> octets;
    while (const auto field = header.next()) {
        if (octets || !iequals(field->name, "Content-Length")) continue;
        const auto number = parse_number(trim(field->value), "Content-Length");
        if (number) octets = *number;
    }
    if (!octets || *octets > rest.size() - header.body()) return {};
    const auto end = begin + header.body() + static_cast<std::size_t>(*octets);
    const auto next = after_empty_lines(mbox_, end);
    const bool is_at_line = end == mbox_.size() || mbox_[end - 1] == '\n' || next > end;
    return is_at_line && (next == mbox_.size() || is_separator(mbox_, next)) ? std::optional{end} : std::nullopt;
}

std::size_t MboxReader::next_from_line(std::size_t begin) const {
    if (begin < mbox_.size() && is_separator(mbox_, begin)) return begin;  // a message of nothing
    for (auto at = mbox_.find("\nFrom ", begin); at != mbox_.npos; at = mbox_.find("\nFrom ", at + 1)) {
        if (is_separator(mbox_, at + 1)) return at + 1;
    }
    return mbox_.size();
}

bool has_quoted_from(std::string_view text) { return find_quoted_from(text, 0) != text.npos; }

std::string without_quoted_from(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t done = 0;
    for (auto at = find_quoted_from(text, 0); at != text.npos; at = find_quoted_from(text, done)) {
        out += text.substr(done, at - done);
        done = at + 1;
    }
    return out += text.substr(done);
}

}  // namespace mailpipe::store

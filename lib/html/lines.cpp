// SPDX-License-Identifier: ISC
#include "html/lines.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/utf8.hpp"
#include "html/visibility.hpp"

namespace mailpipe::html {

namespace {

enum class Kind : std::uint8_t { plain, blank, dropped, special };

constexpr std::array<Kind, 256> kinds = [] {
    std::array<Kind, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = Kind::dropped;
    table[0x7f] = Kind::dropped;
    for (const char c : {' ', '\t', '\n', '\f', '\r'}) table[static_cast<std::size_t>(c)] = Kind::blank;
    // The first octets of characters that visibility() may not see.
    for (const std::size_t c : {0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xe3, 0xef, 0xf0, 0xf3}) table[c] = Kind::special;
    return table;
}();

constexpr Kind kind_of(char c) { return kinds[static_cast<unsigned char>(c)]; }

bool is_plain_at(std::string_view utf8, std::size_t at) { return at < utf8.size() && kind_of(utf8[at]) == Kind::plain; }

/// Octets at the front without controls, octets that are not ASCII and two blanks beside each other, seven at a time: the
/// eighth is looked at as the neighbour of the seventh.
std::size_t single_blanked_octets(std::string_view utf8) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    const auto equals = [](std::uint64_t eight, std::uint64_t c) {  // 0x80 in each octet that is c, where all are ASCII
        return (0x80 * ones - (eight ^ c * ones)) & 0x80 * ones;
    };
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= utf8.size(); at += sizeof eight - 1) {
        std::memcpy(&eight, utf8.data() + at, sizeof eight);
        if ((eight & 0x80 * ones) != 0 || ((eight | eight << 1) & 0x40 * ones) != 0x40 * ones) break;
        const auto blanks = equals(eight, ' ');
        if (equals(eight, 0x7f) != 0 || (blanks & blanks << 8) != 0) break;
    }
    return at;
}

/// Octets that go out as they are: plain ones with single blanks between them.
std::size_t plain_octets(std::string_view utf8) {
    if (!is_plain_at(utf8, 0)) return 0;
    for (auto at = single_blanked_octets(utf8);; ++at) {
        while (is_plain_at(utf8, at)) ++at;
        if (at == utf8.size() || utf8[at] != ' ' || !is_plain_at(utf8, at + 1)) return at;
    }
}

std::size_t common_octets(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

void Lines::text(std::string_view utf8, Blanks blanks) {
    while (!utf8.empty()) {
        if (const auto octets = plain_octets(utf8)) {
            visible(utf8.substr(0, octets));
            utf8.remove_prefix(octets);
            continue;
        }
        const auto octets = kind_of(utf8.front()) == Kind::special ? character_octets(utf8) : 1;
        if (octets > 1) special(utf8.substr(0, octets));
        else if (kind_of(utf8.front()) == Kind::blank) blank(utf8.front(), blanks);
        utf8.remove_prefix(std::max<std::size_t>(octets, 1));
    }
}

void Lines::visible(std::string_view run) {
    if (!is_open_) start_line();
    out_.append(blanks_, ' ');
    blanks_ = 0;
    is_soft_ = false;
    if (is_marking_) mark_ = out_.size();
    is_marking_ = false;
    out_ += run;
}

void Lines::start_line() {
    if (!out_.empty()) out_ += '\n';
    if (!out_.empty() && line_ends_ == 2) {
        const auto common = std::string_view{rest_}.substr(0, common_octets(rest_, last_rest_));
        out_.append(common.substr(0, common.find_last_not_of(' ') + 1)) += '\n';
    }
    out_ += first_;
    first_ = last_rest_ = rest_;
    line_begin_ = out_.size();
    line_ends_ = 0;
    is_open_ = true;
    ++lines_;
}

void Lines::blank(char c, Blanks blanks) {
    if (blanks == Blanks::collapse) return soft_blank();
    constexpr std::size_t tab = 8;
    const auto column = (is_open_ ? out_.size() - line_begin_ : 0) + blanks_;
    if (c == '\n') {
        cell_ = nowhere;
        break_line();
    } else if (c == '\t') {
        hard_blanks(tab - column % tab);
    } else if (c == ' ') {
        hard_blanks(1);
    }
}

void Lines::soft_blank() {
    const bool begins_line = !is_open_ && blanks_ == 0;
    if (begins_line || is_soft_) return;
    ++blanks_;
    is_soft_ = true;
}

void Lines::hard_blanks(std::size_t count) {
    blanks_ += count;
    is_soft_ = false;
}

void Lines::special(std::string_view character) {
    auto left = character;
    switch (visibility(take_character(left))) {
        case Visibility::visible: return visible(character);
        case Visibility::blank: return hard_blanks(1);
        case Visibility::line_end: return soft_blank();
        case Visibility::unseen: return;
    }
}

void Lines::end_line() {
    if (cell_is_empty()) return;
    if (is_open_) line_ends_ = 1;
    else if (blanks_ > 0) line_ends_ = 2;  // a line of no-break spaces, as Outlook writes an empty one
    is_open_ = false;
    blanks_ = 0;
    is_soft_ = false;
}

void Lines::end_line_of_cell() {
    cell_ = nowhere;
    end_line();
}

void Lines::end_paragraph() {
    if (cell_is_empty()) return;
    end_line();
    line_ends_ = 2;
}

void Lines::break_line() {
    if (cell_is_empty()) return;
    if (is_open_) return end_line();
    line_ends_ = 2;
    blanks_ = 0;
}

void Lines::rule() {
    constexpr std::size_t dashes = 20;
    end_line();
    visible(std::string(dashes, '-'));
    end_line();
}

std::size_t Lines::indent(std::string_view first, std::string_view rest) {
    end_line_of_cell();
    if (rest_.size() + rest.size() > max_indent) return 0;
    first_ += first;
    rest_ += rest;
    return rest.size();
}

void Lines::outdent(std::size_t octets) {
    end_line_of_cell();
    rest_.resize(rest_.size() - octets);
    first_.resize(rest_.size());
}

std::size_t Lines::begin_table() {
    end_line();
    return std::exchange(cell_line_, 0);
}

void Lines::end_table(std::size_t outer) {
    end_row();
    cell_line_ = outer;
}

void Lines::begin_cell() {
    const bool is_one_line = cell_line_ > 0 && lines_ == cell_line_ && rest_ == last_rest_;  // the cell before
    if (is_one_line) is_open_ = true;
    else if (cell_line_ > 0 && lines_ >= cell_line_) end_line_of_cell();
    if (is_open_) line_ends_ = 0;
    blanks_ = is_open_ ? 2 : 0;
    is_soft_ = is_open_;
    cell_line_ = is_open_ ? lines_ : lines_ + 1;
    cell_ = out_.size();
}

void Lines::end_row() {
    end_line_of_cell();
    cell_line_ = 0;
}

void Lines::mark() {
    is_marking_ = true;
    mark_ = nowhere;
}

std::string_view Lines::marked() const {
    return mark_ == nowhere ? std::string_view{} : std::string_view{out_}.substr(mark_);
}

std::string Lines::finish() && {
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
}

}  // namespace mailpipe::html

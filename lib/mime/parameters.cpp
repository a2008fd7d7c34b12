// SPDX-License-Identifier: ISC
#include "mime/parameters.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "text/charset.hpp"
#include "text/lexemes.hpp"
#include "text/line.hpp"

namespace mailpipe::mime {

namespace {

/// One "name=value" as it stands, its name taken apart: name*section*.
struct Piece {
    std::string name;
    std::string value;
    std::optional<unsigned> section{};
    bool is_encoded = false;  ///< percent signs, and charset'language' in the first

    bool is_extended() const { return section || is_encoded; }
};

using text::is_token;
using text::skip_cfws;
using text::take_quoted;

bool is_name(char c) { return is_token(c) || !is_ascii(c); }

bool is_until_semicolon(char c) { return c != ';'; }

/// ';' or the end, or name "=" where the ';' before it is missing.
bool is_over(text::Cursor ahead, bool is_apart) {
    if (ahead.at_end() || ahead.peek() == ';') return true;
    return is_apart && !ahead.take_while(is_name).empty() && ahead.peek() == '=';
}

/// A token, a quoted-string, or what stands there up to ';'.
std::string take_value(text::Cursor& cursor, bool& is_valid) {
    if (cursor.peek() == '"') {
        auto quoted = take_quoted(cursor);
        skip_cfws(cursor);
        is_valid = is_valid && quoted.is_closed && is_over(cursor, /*is_apart=*/false);
        if (!is_over(cursor, /*is_apart=*/true)) cursor.take_while(is_until_semicolon);
        return std::move(quoted.text);
    }
    const auto before = cursor.rest();
    const auto token = cursor.take_while(is_token);
    skip_cfws(cursor);
    const bool is_apart = before.size() - cursor.rest().size() > token.size();
    is_valid = is_valid && !token.empty() && is_over(cursor, /*is_apart=*/false);
    if (is_over(cursor, is_apart && !token.empty())) return std::string{token};
    cursor.take_while(is_until_semicolon);
    return mail::unfold(trim(before.substr(0, before.size() - cursor.rest().size())));
}

/// RFC 2231 section 7: attribute [section] ["*"].
void take_apart(Piece& piece) {
    const auto star = piece.name.find('*');
    if (star == std::string::npos || star == 0) return;
    std::string_view marks = std::string_view{piece.name}.substr(star + 1);
    piece.is_encoded = marks.empty() || marks.ends_with('*');
    if (marks.ends_with('*')) marks.remove_suffix(1);
    if (!marks.empty()) piece.section = to_number<unsigned>(marks);
    if (!marks.empty() && !piece.section) {  // some other star: a name as any
        piece.is_encoded = false;
        return;
    }
    piece.name.resize(star);
}

std::vector<Piece> take_pieces(std::string_view text, bool& is_valid) {
    std::vector<Piece> pieces;
    text::Cursor cursor{text};
    for (;;) {
        skip_cfws(cursor);
        if (cursor.at_end()) return pieces;
        if (pieces.size() == max_pieces) {
            is_valid = false;
            return pieces;
        }
        if (cursor.take(';')) continue;
        const auto name = lower(cursor.take_while(is_name));
        skip_cfws(cursor);
        if (name.empty() || !cursor.take('=')) {
            is_valid = false;
            cursor.take_while(is_until_semicolon);
            continue;
        }
        skip_cfws(cursor);
        const bool is_quoted = cursor.peek() == '"';
        Piece piece{name, take_value(cursor, is_valid)};
        if (piece.value.empty() && !is_quoted) continue;
        take_apart(piece);
        pieces.push_back(std::move(piece));
    }
}

/// The pieces of one name in RFC 2231's form, in the order of their sections.
Parameter put_together(std::string name, const std::vector<const Piece*>& pieces) {
    Parameter parameter{std::move(name), {}, {}, true};
    std::string charset;
    std::string octets;
    for (const auto* piece : pieces) {
        std::string_view value = piece->value;
        if (piece == pieces.front() && piece->is_encoded) {
            const auto first = value.find('\'');
            const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
            if (second != std::string_view::npos) {
                charset = value.substr(0, first);
                parameter.language = value.substr(first + 1, second - first - 1);
                value.remove_prefix(second + 1);
            }
        }
        // Some mailers tell the charset in every piece, against RFC 2231 section 4.1.
        const bool tells_again = piece != pieces.front() && piece->is_encoded && !charset.empty() && value.starts_with(charset + '\'');
        if (tells_again) value.remove_prefix(charset.size() + 1);
        if (piece->is_encoded) text::append_unescaped(octets, value, '%');
        else octets += value;
    }
    parameter.value = charset.empty() ? octets : text::to_utf8(octets, charset);
    return parameter;
}

using Pieces = std::vector<const Piece*>;

/// Of the pieces of one name those in RFC 2231's form: sections 0, 1, 2 ... as far as there is no gap.
Pieces in_order(std::span<const Piece* const> ours) {
    Pieces extended;
    for (const auto* piece : ours) {
        if (!piece->is_extended()) continue;
        if (!piece->section) return {piece};
        extended.push_back(piece);
    }
    std::ranges::stable_sort(extended, {}, [](const Piece* piece) { return *piece->section; });
    Pieces ordered;
    for (const auto* piece : extended) {
        if (*piece->section == ordered.size()) ordered.push_back(piece);
    }
    return ordered;
}

/// What the pieces of one name say, if anything.
std::optional<Parameter> parameter_of(std::span<const Piece* const> ours) {
    const auto& name = ours.front()->name;
    if (const auto ordered = in_order(ours); !ordered.empty()) return put_together(name, ordered);
    const auto plain = std::ranges::find_if_not(ours, &Piece::is_extended);
    if (plain == ours.end()) return {};
    return Parameter{name, (*plain)->value, {}, false};
}

/// Those of one name beside each other, in their order.
Pieces by_name(const std::vector<Piece>& pieces) {
    Pieces sorted;
    sorted.reserve(pieces.size());
    for (const auto& piece : pieces) sorted.push_back(&piece);
    std::ranges::stable_sort(sorted, {}, &Piece::name);
    return sorted;
}

/// attribute-char of RFC 2231 section 7.
bool is_attribute_char(char c) { return is_token(c) && c != '*' && c != '\'' && c != '%'; }

/// The value's octets, percent-encoded, in texts of `room` octets at most that break no character in two.
std::vector<std::string> encoded_sections(std::string_view value, std::size_t room) {
    std::vector<std::string> sections{"utf-8''"};
    while (!value.empty()) {
        const auto character = value.substr(0, std::max<std::size_t>(character_octets(value), 1));
        std::string code;
        for (const char c : character) {
            if (is_attribute_char(c)) code += c;
            else text::append_escaped(code, c, '%');
        }
        if (sections.back().size() + code.size() > room) sections.emplace_back();
        sections.back() += code;
        value.remove_prefix(character.size());
    }
    return sections;
}

}  // namespace

const Parameter* Parameters::find(std::string_view name) const {
    const auto found = std::ranges::find(all, name, &Parameter::name);
    return found == all.end() ? nullptr : &*found;
}

ParameterPieces split_parameters(std::string_view text) {
    bool is_valid = true;
    ParameterPieces split;
    for (auto& piece : take_pieces(text, is_valid)) {
        if (piece.section) piece.name += "*" + std::to_string(*piece.section);
        if (piece.is_encoded) piece.name += '*';
        split.emplace_back(std::move(piece.name), std::move(piece.value));
    }
    return split;
}

Parameters parse_parameters(std::string_view text) {
    Parameters parsed;
    const auto pieces = take_pieces(text, parsed.is_valid);
    const auto sorted = by_name(pieces);
    std::vector<std::pair<const Piece*, Parameter>> found;  // with the first piece of its name
    for (auto begin = sorted.begin(); begin != sorted.end();) {
        const auto end = std::find_if(begin, sorted.end(), [&](const Piece* piece) { return piece->name != (*begin)->name; });
        if (auto parameter = parameter_of({begin, end})) found.emplace_back(*begin, std::move(*parameter));
        begin = end;
    }
    std::ranges::sort(found, {}, &std::pair<const Piece*, Parameter>::first);
    parsed.all.reserve(found.size());
    for (auto& one : found) parsed.all.push_back(std::move(one.second));
    return parsed;
}

std::string format_parameter(std::string_view name, std::string_view value) {
    const auto quoted = text::in_quotes(value);
    // In quotes some readers take away blanks at the ends, and decode what looks like an encoded-word.
    const bool is_plain = all_ascii(value) && std::ranges::none_of(value, is_control) && trim(value) == value &&
                          value.find("=?") == value.npos;
    if (is_plain && name.size() + quoted.size() + 3 <= text::folded_line_octets) return fmt::format(";\n {}={}", name, quoted);
    const auto sections = encoded_sections(value, text::folded_line_octets - name.size() - std::string_view{" *999*=;"}.size());
    if (sections.size() == 1) return fmt::format(";\n {}*={}", name, sections[0]);
    std::string text;
    for (std::size_t n = 0; n < sections.size(); ++n) text += fmt::format(";\n {}*{}*={}", name, n, sections[n]);
    return text;
}

}  // namespace mailpipe::mime

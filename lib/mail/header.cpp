// SPDX-License-Identifier: ISC
#include "mail/header.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace mailpipe::mail {

namespace {

/// Behind the line's LF, or the end of the text.
std::size_t line_end(std::string_view text, std::size_t at) {
    const auto lf = text.find('\n', at);
    return lf == std::string_view::npos ? text.size() : lf + 1;
}

std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

constexpr auto name_octets = [] {
    std::array<bool, 256> is{};
    for (std::size_t octet = 0; octet < is.size(); ++octet) is[octet] = is_name_octet(static_cast<char>(octet));
    return is;
}();

struct Name {
    std::string_view text;
    std::size_t colon;  ///< in the line
};

/// Of a field by its first line; nothing where that begins no field.
std::optional<Name> name_of(std::string_view line) {
    std::size_t plain = 0;
    while (plain < line.size() && name_octets[static_cast<unsigned char>(line[plain])]) ++plain;
    if (plain > 0 && plain < line.size() && line[plain] == ':') return Name{line.substr(0, plain), plain};
    const auto colon = line.find(':');
    const auto name = trim(line.substr(0, colon));
    if (colon == std::string_view::npos || name.empty() || is_blank(line[0]) || !std::ranges::all_of(name, is_name_octet)) return {};
    return Name{name, colon};
}

}  // namespace

std::size_t mbox_line_octets(std::string_view message) { return message.starts_with("From ") ? line_end(message, 0) : 0; }

std::optional<Field> HeaderReader::next() {
    const auto end_of_line = line_end(message_, at_);
    const auto line = without_line_end(message_.substr(at_, end_of_line - at_));
    const auto name = name_of(line);
    if (!name) {
        empty_line_ = line.empty() && end_of_line > at_;
        body_ = empty_line_ ? end_of_line : at_;
        return {};
    }
    std::size_t end = end_of_line;
    while (end < message_.size() && is_blank(message_[end])) end = line_end(message_, end);

    const auto value = at_ + name->colon + 1;
    const Field field{name->text, without_line_end(message_.substr(value, end - value)), at_, end};
    at_ = end;
    return field;
}

std::optional<Field> find_field(std::string_view message, std::string_view name) {
    HeaderReader reader{message};
    while (const auto field = reader.next()) {
        if (iequals(field->name, name)) return field;
    }
    return {};
}

std::optional<std::size_t> header_octets(std::string_view text, std::size_t searched) {
    if (text.starts_with('\n')) return 1;
    const auto gap = text.find("\n\n", searched > 0 ? searched - 1 : 0);
    if (gap == std::string_view::npos) return std::nullopt;
    return gap + 2;
}

std::string without_fields(std::string_view header, std::string_view name) {
    std::string rest;
    rest.reserve(header.size());
    std::size_t kept = 0;
    HeaderReader fields{header};
    while (const auto field = fields.next()) {
        if (!iequals(field->name, name)) continue;
        rest.append(header.substr(kept, field->begin - kept));
        kept = field->end;
    }
    return rest.append(header.substr(kept));
}

std::string unfold(std::string_view value) {
    std::string line{trim(value)};
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    return line;
}

}  // namespace mailpipe::mail

// SPDX-License-Identifier: ISC
#include "imap/message/section_text.hpp"

#include <algorithm>
#include <vector>

#include "base/ascii.hpp"
#include "imap/message/literal.hpp"
#include "mail/header.hpp"
#include "mime/part_number.hpp"

namespace mailpipe::imap {

namespace {

using mime::Part;

/// Names in an order of our own, by length first: most comparisons look at nothing else.
struct NameOrder {
    bool operator()(std::string_view a, std::string_view b) const {
        if (a.size() != b.size()) return a.size() < b.size();
        return std::ranges::lexicographical_compare(a, b, {}, to_lower, to_lower);
    }
};

/// Fields of `header` that are named, or all others.
std::string subset(std::string_view header, const Section& section) {
    std::vector<std::string_view> names{section.fields.begin(), section.fields.end()};
    std::ranges::sort(names, NameOrder{});
    const bool wants_named = section.text == Section::Text::header_fields;
    const auto begin = mail::mbox_line_octets(header);
    std::string made;
    mail::HeaderReader fields{header.substr(begin), header.size()};
    while (const auto field = fields.next()) {
        const bool is_named = std::ranges::binary_search(names, field->name, NameOrder{});
        if (is_named == wants_named) made += header.substr(begin + field->begin, field->end - field->begin);
    }
    return made;
}

/// The message itself, or one that a part is.
struct Letter {
    std::string_view header;  ///< with the empty line
    std::string_view body;
};

/// RFC 9051 section 6.4.5.1: it belongs to all header fetches, but for a message without it and without a body.
std::string_view empty_line(const Letter& letter) {
    const auto before = letter.header.size() < 2 ? std::string_view::npos : letter.header.rfind('\n', letter.header.size() - 2);
    const auto last = letter.header.substr(before + 1);
    if (last == "\n" || last == "\r\n") return last;
    return letter.body.empty() ? "" : "\r\n";
}

std::optional<SectionText> text_of(const Letter& letter, const Section& section) {
    switch (section.text) {
        case Section::Text::header: return letter.header;
        case Section::Text::text: return letter.body;
        case Section::Text::header_fields:
        case Section::Text::header_fields_not: return subset(letter.header, section).append(empty_line(letter));
        case Section::Text::all:
        case Section::Text::mime: break;
    }
    return {};
}

Letter whole(std::string_view message) {
    const auto begin = mail::mbox_line_octets(message);
    mail::HeaderReader fields{message.substr(begin), message.size()};
    while (fields.next()) {}
    const auto body = begin + fields.body();
    return {message.substr(0, body), message.substr(body)};
}

}  // namespace

bool needs_structure(const Section& section) { return !section.part.empty(); }

std::optional<SectionText> find_section(std::string_view message, const mime::Structure& structure, const Section& section) {
    if (section.part.empty()) {
        if (section.text == Section::Text::all) return message;
        return text_of(whole(message), section);
    }
    const auto found = mime::find_part(structure, section.part);
    if (!found) return {};
    const auto& part = structure.parts[*found];
    if (section.text == Section::Text::all) return part.body.of(message);
    if (section.text == Section::Text::mime) return part.header.of(message);
    if (part.kind != Part::Kind::message) return {};
    const auto& inner = structure.parts[*found + 1];
    return text_of({inner.header.of(message), inner.body.of(message)}, section);
}

void write_section(std::string_view message, const mime::Structure& structure, const Section& section,
                   const std::optional<Partial>& partial, const mime::Sink& sink) {
    const auto text = find_section(message, structure, section);
    if (!text) return sink("NIL");
    std::visit([&](std::string_view octets) { write_literal(octets, partial, sink); }, *text);
}

}  // namespace mailpipe::imap

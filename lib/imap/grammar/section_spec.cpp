// SPDX-License-Identifier: ISC
#include "imap/grammar/section_spec.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

struct Name {
    std::string_view name;
    Section::Text text;
};
constexpr Name names[] = {
    {"", Section::Text::all},
    {"HEADER", Section::Text::header},
    {"HEADER.FIELDS", Section::Text::header_fields},
    {"HEADER.FIELDS.NOT", Section::Text::header_fields_not},
    {"TEXT", Section::Text::text},
    {"MIME", Section::Text::mime},
};

bool has_fields(Section::Text text) { return text == Section::Text::header_fields || text == Section::Text::header_fields_not; }

/// nz-number *("." nz-number), with the dot behind it where there is one. True when a section-text has to follow.
bool take_part(Arguments& in, std::string& part) {
    bool is_open = false;
    while (is_digit(in.peek())) {
        if (is_open) part += '.';
        part += std::to_string(in.nz_number());
        is_open = in.take('.');
        if (!is_open) break;
    }
    return is_open;
}

void take_text(Arguments& in, Section& section) {
    const auto word = in.word();
    const auto* name = std::ranges::find(names, word, &Name::name);
    if (name == std::end(names) || (name->text == Section::Text::mime && section.part.empty())) {
        in.fail("unknown section", word);
        return;
    }
    section.text = name->text;
    if (!has_fields(section.text)) return;
    in.space();
    in.list([&] { section.fields.push_back(in.astring()); });
}

}  // namespace

Section take_section_spec(Arguments& in) {
    Section section;
    const bool has_more = take_part(in, section.part);
    if (has_more || (section.part.empty() && !in.at_end() && in.peek() != ']')) take_text(in, section);
    return section;
}

Section take_section(Arguments& in) {
    in.expect('[');
    auto section = take_section_spec(in);
    in.expect(']');
    return section;
}

Section take_binary_section(Arguments& in) {
    Section section;
    in.expect('[');
    if (take_part(in, section.part)) in.fail("only a part's number may stand in BINARY's section");
    in.expect(']');
    return section;
}

std::optional<Partial> take_partial(Arguments& in) {
    if (!in.take('<')) return {};
    Partial partial{in.number(), 0};
    in.expect('.');
    partial.octets = in.number();
    in.expect('>');
    if (partial.octets == 0) in.fail("a part of 0 octets");
    return partial;
}

void append_section(std::string& out, const Section& section) {
    const auto* name = std::ranges::find(names, section.text, &Name::text);
    out.append("[").append(section.part);
    if (!section.part.empty() && section.text != Section::Text::all) out += '.';
    out += name->name;
    if (has_fields(section.text)) {
        out += " (";
        for (const auto& field : section.fields) {
            if (out.back() != '(') out += ' ';
            append_astring(out, field);
        }
        out += ')';
    }
    out += ']';
}

}  // namespace mailpipe::imap

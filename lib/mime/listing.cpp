// SPDX-License-Identifier: ISC
#include "mime/listing.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "mime/content_type.hpp"
#include "mime/part_number.hpp"
#include "text/columns.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::mime {

namespace {

struct Row {
    std::string number, type, encoding, octets, name;
};

/// Nothing in it that a terminal would obey, and no line end.
std::string shown(std::string_view text) {
    auto line = for_terminal(text);
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\t'; }, '?');
    return line;
}

Row row_of(std::string_view message, const Structure& structure, std::size_t index) {
    const auto& part = structure.parts[index];
    const auto type = content_type(message, part);
    const bool is_encoded = part.kind == Part::Kind::leaf && !is_identity(transfer_encoding(message, part));
    const auto encoding = is_encoded ? mail::unfold(part.fields.encoding.of(message)) : "-";
    const auto number = part_number(structure, index);
    return {number.empty() ? "-" : number, std::string(2 * std::size_t{part.depth}, ' ') + shown(type.type + "/" + type.subtype),
            shown(encoding), std::to_string(part.body.size()), shown(file_name(message, part))};
}

void append_column(std::string& out, const std::string& text, std::size_t width) {
    out += text;
    out.append(width - text::columns(text) + 2, ' ');
}

struct Place {
    std::size_t line = 1, column = 1;  // both from 1
};

/// Of each finding, which stand by their offsets.
std::vector<Place> places(std::string_view message, const std::vector<Finding>& findings) {
    std::vector<Place> all;
    Place place;
    std::size_t at = 0;
    for (const auto& finding : findings) {
        for (; at < finding.offset; ++at) {
            if (message[at] == '\n') place = {place.line + 1, 0};
            ++place.column;
        }
        all.push_back(place);
    }
    return all;
}

std::string format_finding(const Finding& finding, const Place& place) {
    const auto& known = explain(finding.leniency);
    const auto section = known.section.empty() ? "a limit" : known.section;
    return fmt::format("{}:{}: {}: {} ({}); others may see {}\n", place.line, place.column, known.code, known.text, section,
                       known.strict);
}

}  // namespace

std::string file_name(std::string_view message, const Part& part) {
    const auto placed = disposition(message, part);
    const auto* name = placed.parameters.find("filename");
    const auto type = content_type(message, part);
    if (name == nullptr) name = type.parameters.find("name");
    if (name == nullptr) return {};
    return name->is_extended ? name->value : text::decode_words(name->value);
}

std::string list_parts(std::string_view message, const Structure& structure) {
    std::vector<Row> rows;
    for (std::size_t index = 0; index < structure.parts.size(); ++index) rows.push_back(row_of(message, structure, index));
    const auto widest = [&](std::string Row::*column) {
        std::size_t most = 0;
        for (const auto& row : rows) most = std::max(most, text::columns(row.*column));
        return most;
    };
    const auto number = widest(&Row::number), type = widest(&Row::type), encoding = widest(&Row::encoding);
    const auto octets = widest(&Row::octets);
    std::string out;
    for (const auto& row : rows) {
        append_column(out, row.number, number);
        append_column(out, row.type, type);
        append_column(out, row.encoding, encoding);
        out.append(octets - row.octets.size(), ' ').append(row.octets);
        if (!row.name.empty()) out.append("  ").append(row.name);
        out += '\n';
    }
    return out;
}

std::string list_findings(std::string_view message, const Structure& structure) {
    auto findings = structure.findings;
    std::ranges::stable_sort(findings, {}, &Finding::offset);
    const auto all = places(message, findings);
    std::string ambiguous;
    std::string harmless;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        auto& out = explain(findings[i].leniency).is_ambiguous ? ambiguous : harmless;
        out += format_finding(findings[i], all[i]);
    }
    return ambiguous + harmless;
}

}  // namespace mailpipe::mime

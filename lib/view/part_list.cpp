// SPDX-License-Identifier: ISC
#include "view/part_list.hpp"

#include <algorithm>
#include <vector>

#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "mime/attachment.hpp"
#include "mime/content_type.hpp"
#include "mime/part_number.hpp"
#include "text/columns.hpp"

namespace mailpipe::view {

namespace {

using mime::Part;
using mime::Structure;

constexpr std::size_t max_width = 60;  // what is wider stands out of its column

struct Row {
    std::string number, type, encoding, octets, name;
};

Row row_of(std::string_view message, const Structure& structure, std::size_t index) {
    const auto& part = structure.parts[index];
    const auto type = mime::content_type(message, part);
    const bool is_encoded = part.kind == Part::Kind::leaf && !is_identity(mime::transfer_encoding(message, part));
    const auto encoding = is_encoded ? mail::unfold(part.fields.encoding.of(message)) : "-";
    const auto number = mime::part_number(structure, index);
    return {number.empty() ? "-" : number, std::string(2 * std::size_t{part.depth}, ' ') + line_for_terminal(type.name()),
            line_for_terminal(encoding), std::to_string(part.body.size()), line_for_terminal(mime::file_name(message, part))};
}

void append_column(std::string& out, const std::string& text, std::size_t width) {
    out += text;
    out.append(width - std::min(width, text::columns(text)) + 2, ' ');
}

}  // namespace

std::string list_parts(std::string_view message, const Structure& structure) {
    std::vector<Row> rows;
    for (std::size_t index = 0; index < structure.parts.size(); ++index) rows.push_back(row_of(message, structure, index));
    const auto widest = [&](std::string Row::*column) {
        std::size_t most = 0;
        for (const auto& row : rows) most = std::max(most, std::min(text::columns(row.*column), max_width));
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

}  // namespace mailpipe::view

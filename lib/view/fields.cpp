// SPDX-License-Identifier: ISC
#include "view/fields.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::view {

namespace {

/// `names` with commas between.
bool is_among(std::string_view names, std::string_view name) {
    while (!names.empty()) {
        const auto end = std::min(names.find(','), names.size());
        if (iequals(trim(names.substr(0, end)), name)) return true;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return false;
}

}  // namespace

std::string decoded_value(std::string_view value) {
    auto text = text::decode_words(value);
    std::ranges::replace(text, '\t', ' ');  // what many fold with
    return line_for_terminal(text);
}

std::string_view without_from_line(std::string_view message) {
    return message.substr(mail::mbox_line_octets(message));
}

std::string list_fields(std::string_view message, std::string_view names, bool is_raw) {
    const auto text = without_from_line(message);
    mail::HeaderReader header{text};
    std::string out;
    while (const auto field = header.next()) {
        if (!names.empty() && !is_among(names, field->name)) continue;
        if (is_raw) out += text.substr(field->begin, field->end - field->begin);
        else out.append(line_for_terminal(field->name)).append(": ").append(decoded_value(field->value)).append("\n");
    }
    return out;
}

std::optional<std::string> field_value(std::string_view message, std::string_view name, bool is_raw) {
    const auto field = mail::find_field(without_from_line(message), name);
    if (!field) return {};
    return is_raw ? mail::unfold(field->value) : decoded_value(field->value);
}

}  // namespace mailpipe::view

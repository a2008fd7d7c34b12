// SPDX-License-Identifier: ISC
#include "imap/message/preview.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "html/text.hpp"
#include "html/visibility.hpp"
#include "mime/attachment.hpp"
#include "mime/content_type.hpp"
#include "mime/text_part.hpp"

namespace mailpipe::imap {

namespace {

using html::Visibility;

bool is_space(char32_t character) {
    const bool is_of_ascii = character == ' ' || (character >= '\t' && character <= '\r');
    const auto visibility = html::visibility(character);
    return is_of_ascii || visibility == Visibility::blank || visibility == Visibility::line_end;
}

/// What fits into a preview, of UTF-8.
std::string first_words(std::string_view text) {
    std::string words;
    std::size_t characters = 0;
    bool is_apart = false;
    while (!text.empty() && characters < max_preview_characters) {
        const auto character = take_character(text);
        if (is_space(character)) {
            is_apart = characters > 0;
        } else if (html::visibility(character) == Visibility::visible) {
            if (is_apart && ++characters == max_preview_characters) break;
            if (is_apart) words += ' ';
            append_character(words, character);
            ++characters;
            is_apart = false;
        }
    }
    return words;
}

/// Of the first part of that subtype.
std::string preview_of(std::string_view message, const mime::Structure& structure, std::string_view subtype) {
    const auto found = std::ranges::find_if(structure.parts, [&](const mime::Part& part) {
        if (part.kind != mime::Part::Kind::leaf) return false;
        const auto type = mime::content_type(message, part);
        return type.type == "text" && type.subtype == subtype && !mime::is_attachment(message, part);
    });
    if (found == structure.parts.end()) return {};
    auto part = *found;
    part.body.end = std::min(part.body.end, part.body.begin + max_preview_octets);
    const auto text = mime::text_of(message, part);
    return first_words(subtype == "html" ? html::to_text(text, html::Links::names) : text);
}

}  // namespace

std::string preview(std::string_view message, const mime::Structure& structure) {
    auto words = preview_of(message, structure, "plain");
    return words.empty() ? preview_of(message, structure, "html") : words;
}

}  // namespace mailpipe::imap

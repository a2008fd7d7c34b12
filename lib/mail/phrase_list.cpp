// SPDX-License-Identifier: ISC
#include "mail/phrase_list.hpp"

#include "text/encoded_word.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

bool is_text(char c) { return !text::is_fws(c) && c != ',' && c != '(' && c != '"'; }

/// Up to the comma, encoded-words as they stand.
std::string take_phrase(text::Cursor& cursor) {
    std::string phrase;
    for (text::skip_cfws(cursor); !cursor.at_end() && cursor.peek() != ','; ) {
        if (cursor.peek() == '"') {
            phrase += text::take_quoted(cursor).text;
        } else {
            const auto octets = text::encoded_word_octets(cursor.rest());
            phrase += cursor.rest().substr(0, octets);
            cursor.advance(octets);
            phrase += cursor.take_while(is_text);
        }
        const auto before = cursor.position();
        text::skip_cfws(cursor);
        if (cursor.position() > before) phrase += ' ';
    }
    return phrase;
}

}  // namespace

std::vector<std::string> parse_phrase_list(std::string_view value) {
    std::vector<std::string> phrases;
    text::Cursor cursor{value};
    while (!cursor.at_end() && phrases.size() < max_phrases) {
        auto phrase = text::decode_words(take_phrase(cursor));
        if (!phrase.empty()) phrases.push_back(std::move(phrase));
        cursor.take(',');
    }
    return phrases;
}

}  // namespace mailpipe::mail

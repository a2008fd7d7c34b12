// SPDX-License-Identifier: ISC
// Writing encoded-words; reading them: encoded_word.cpp.
#include <algorithm>
#include <vector>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/base64.hpp"
#include "text/charset.hpp"
#include "text/encoded_word.hpp"
#include "text/lexemes.hpp"
#include "text/line.hpp"

namespace mailpipe::text {

namespace {

constexpr std::size_t max_word = 75;
constexpr std::size_t max_plain_word = 900;  // RFC 5322 section 2.1.1: a line has 998 octets at most
constexpr std::size_t max_plain_blanks = 20;
constexpr std::string_view opening_q = "=?utf-8?q?", opening_b = "=?utf-8?b?", closing = "?=";

/// A word, or several that are encoded together.
struct Piece {
    std::string_view blanks;  ///< before it
    std::string_view text;
    bool is_encoded;
};

bool needs_encoding(std::string_view word) {
    if (!all_ascii(word) || std::ranges::any_of(word, is_control)) return true;
    return word.find("=?") != word.npos || word.size() > max_plain_word;
}

std::string_view from_to(std::string_view begin, std::string_view end) {
    return {begin.data(), static_cast<std::size_t>(end.data() + end.size() - begin.data())};
}

/// Encoded neighbours are one piece, as blanks between encoded-words are none; so are those with many blanks between.
void add_piece(std::vector<Piece>& pieces, Piece piece) {
    while (!pieces.empty()) {
        const auto& before = pieces.back();
        if (piece.blanks.size() <= max_plain_blanks && !(piece.is_encoded && before.is_encoded)) break;
        piece = {before.blanks, from_to(before.text, piece.text), true};
        pieces.pop_back();
    }
    pieces.push_back(piece);
}

std::vector<Piece> take_pieces(std::string_view text) {
    std::vector<Piece> pieces;
    while (!text.empty()) {
        const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
        const auto end = std::min(text.find_first_of(" \t", begin), text.size());
        const auto word = text.substr(begin, end - begin);
        add_piece(pieces, {text.substr(0, begin), word, needs_encoding(word)});
        text.remove_prefix(end);
    }
    return pieces;
}

/// What may stand for itself in "q", in a phrase too (RFC 2047 section 5, rule 3).
bool is_plain(char c) { return is_alnum(c) || std::string_view{"!*+-/"}.find(c) != std::string_view::npos; }

std::size_t q_octets(std::string_view text) {
    std::size_t octets = 0;
    for (const char c : text) octets += is_plain(c) || c == ' ' ? 1 : 3;
    return octets;
}

std::size_t b_octets(std::size_t octets) { return (octets + 2) / 3 * 4; }

void append_q(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_plain(c)) out += c;
        else if (c == ' ') out += '_';
        else append_escaped(out, c, '=');
    }
}

class Writing {
public:
    explicit Writing(std::size_t column) : column_(column) {}

    void add(const Piece& piece) {
        if (piece.is_encoded) return add_encoded(piece);
        if (!out_.empty() && column_ + piece.blanks.size() + piece.text.size() > folded_line_octets) break_line();
        put(piece.blanks);
        put(piece.text);
    }

    std::string text() && { return std::move(out_); }

private:
    void add_encoded(const Piece& piece) {
        const bool is_q = q_octets(piece.text) <= b_octets(piece.text.size());
        auto blanks = piece.blanks;
        for (auto left = piece.text; !left.empty(); blanks = " ") {
            auto taken = fitting(left, is_q, column_ + blanks.size());
            if (taken == 0) {
                break_line();
                if (blanks.empty()) blanks = " ";
                taken = fitting(left, is_q, blanks.size());
            }
            put(blanks);
            add_word(left.substr(0, taken), is_q);
            left.remove_prefix(taken);
        }
    }

    /// Octets of whole characters whose encoded-word can stand at `column`.
    static std::size_t fitting(std::string_view text, bool is_q, std::size_t column) {
        const auto around = opening_q.size() + closing.size();
        if (column + around >= folded_line_octets) return 0;
        const auto room = std::min(folded_line_octets - column, max_word) - around;
        std::size_t taken = 0;
        std::size_t quoted = 0;
        while (taken < text.size()) {
            const auto character = text.substr(taken, std::max<std::size_t>(character_octets(text.substr(taken)), 1));
            quoted += q_octets(character);
            if ((is_q ? quoted : b_octets(taken + character.size())) > room) break;
            taken += character.size();
        }
        return taken;
    }

    void add_word(std::string_view text, bool is_q) {
        std::string word{is_q ? opening_q : opening_b};
        if (is_q) append_q(word, text);
        else append_base64(word, text);
        put(word += closing);
    }

    void put(std::string_view text) {
        out_ += text;
        column_ += text.size();
    }
    void break_line() {
        out_ += '\n';
        column_ = 0;
    }

    std::string out_;
    std::size_t column_;
};

}  // namespace

std::string encode_words(std::string_view text, std::size_t column) {
    const auto sound = to_utf8(text, "utf-8");
    Writing writing{column};
    for (const auto& piece : take_pieces(trim(sound))) writing.add(piece);
    return std::move(writing).text();
}

std::string encode_phrase(std::string_view text, std::size_t column) {
    const auto sound = to_utf8(text, "utf-8");
    Writing writing{column};
    writing.add({{}, trim(sound), true});
    return std::move(writing).text();
}

}  // namespace mailpipe::text

// SPDX-License-Identifier: ISC
#include "text/encoded_word.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "text/base64_digit.hpp"
#include "text/charset.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::text {

namespace {

struct Word {
    std::string_view charset;
    char encoding;  ///< 'b' or 'q'
    std::string_view text;
    std::size_t octets;  ///< in the value
};

bool is_mark(char c) { return c == '?'; }

/// The encoded-word at the front: "=?" charset ["*" language] "?" encoding "?" text "?=".
std::optional<Word> word_at_front(std::string_view value) {
    if (!value.starts_with("=?")) return {};
    const auto first = value.find('?', 2);
    if (first == std::string_view::npos || first == 2 || first + 3 > value.size() || !is_mark(value[first + 2])) return {};
    const char encoding = to_lower(value[first + 1]);
    if (encoding != 'b' && encoding != 'q') return {};
    const auto charset = value.substr(2, first - 2);
    if (std::ranges::any_of(charset, is_fws)) return {};
    const auto begin = first + 3;
    const auto end = value.find("?=", begin);
    if (end == std::string_view::npos) return {};
    return Word{charset.substr(0, charset.find('*')), encoding, value.substr(begin, end - begin), end + 2};
}

/// Some mailers fold inside of a word: the line end and the blanks behind it are none of its octets.
std::string without_folds(std::string_view text) {
    std::string line;
    for (bool folded = false; const char c : text) {
        folded = c == '\r' || c == '\n' || (folded && is_blank(c));
        if (!folded) line += c;
    }
    return line;
}

void append_q(std::string& octets, std::string_view text) {
    auto spaced = without_folds(text);
    std::ranges::replace(spaced, '_', ' ');
    append_unescaped(octets, spaced, '=');
}

void append_b(std::string& octets, std::string_view text) {
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const unsigned digit = base64_digit(c);
        if (digit > 63) continue;
        bits = (bits << 6 | digit) & 0xffffff;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        octets += static_cast<char>(bits >> count & 0xff);
    }
}

class Decoding {
public:
    explicit Decoding(std::string_view value) : value_(value) {}

    std::string run() {
        std::size_t plain = 0;  // where the text before the next word begins
        std::size_t at = 0;
        const auto last = value_.rfind("?=");  // no word ends behind it: so that none looks for its end in vain
        const auto worded = last == std::string_view::npos ? std::string_view{} : value_.substr(0, last + 2);
        while ((at = worded.find("=?", at)) != std::string_view::npos) {
            const auto word = word_at_front(worded.substr(at));
            if (!word) {
                at += 2;
                continue;
            }
            add_plain(value_.substr(plain, at - plain), true);
            add_word(*word);
            plain = at += word->octets;
        }
        add_plain(value_.substr(plain), false);
        flush();
        return std::move(out_);
    }

private:
    /// Blanks between two words are none.
    void add_plain(std::string_view text, bool word_follows) {
        if (word_follows && follows_word_ && trim(text).empty()) return;
        if (text.empty()) return;
        flush();
        std::string line{text};
        std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
        out_ += to_utf8(line, "utf-8");
        follows_word_ = false;
    }

    void add_word(const Word& word) {
        if (!iequals(word.charset, charset_)) flush();
        charset_ = word.charset;
        (word.encoding == 'q' ? append_q : append_b)(octets_, word.text);
        follows_word_ = true;
    }

    void flush() {
        if (!octets_.empty()) out_ += to_utf8(octets_, charset_);
        octets_.clear();
    }

    std::string_view value_;
    std::string out_;
    std::string octets_;  // of words in charset_, not converted yet
    std::string_view charset_;
    bool follows_word_ = false;
};

}  // namespace

std::string decode_words(std::string_view value) { return decode_phrase(trim(value)); }

std::string decode_phrase(std::string_view phrase) { return Decoding{phrase}.run(); }

std::size_t encoded_word_octets(std::string_view text) {
    const auto word = word_at_front(text.substr(0, max_encoded_word_octets));
    return word ? word->octets : 0;
}

}  // namespace mailpipe::text

// SPDX-License-Identifier: ISC
// The one hand parser: a place in a text that moves forward. Grammars are functions that take a Cursor.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailpipe::text {

class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    /// The next octet, NUL at the end (where a NUL in the text matters, ask at_end() too).
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    /// The next octet, gone past. Precondition: not at_end().
    char next() { return text_[at_++]; }
    /// Goes past `c` if it comes next.
    bool take(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    /// Goes past `word`, whatever the case of ASCII letters, if it comes next.
    bool take_word(std::string_view word);
    /// Goes past all octets for which `is` holds, and returns them.
    template <typename Is>
    std::string_view take_while(Is is) {
        const auto begin = at_;
        while (!at_end() && is(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    std::string_view rest() const { return text_.substr(at_); }
    std::size_t position() const { return at_; }
    void advance(std::size_t octets) { at_ += octets; }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace mailpipe::text

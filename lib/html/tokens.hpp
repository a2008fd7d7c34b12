// SPDX-License-Identifier: ISC
// HTML taken apart as browsers do it: WHATWG HTML section 13.2.5. Nothing is an error; comments and what is like them are
// left out. Each octet is looked at a fixed number of times.
#pragma once

#include <optional>
#include <string_view>

#include "html/elements.hpp"

namespace mailpipe::html {

struct Token {
    enum class Kind { text, start_tag, end_tag } kind;
    // Of a text:
    std::string_view text{};
    bool has_references = false;  ///< an '&' in it may be one
    // Of a tag:
    const Element* element = nullptr;  ///< null: one that nobody needs to know
    std::string_view attributes{};     ///< for take_attribute()
};

/// Reads tokens off the front of a document, which has to outlive them.
class Tokens {
public:
    explicit Tokens(std::string_view html) : rest_(html) {}

    /// Nothing at the end. A tag that has no end is left out, with all that follows it.
    std::optional<Token> next();

private:
    std::optional<Token> tag(Token::Kind kind);
    Token text(std::size_t octets, bool has_references);
    void skip_comment();

    std::string_view rest_;
    const Element* raw_ = nullptr;  // its content comes next, and is no markup
};

struct Attribute {
    std::string_view name;   // the case of letters does not matter
    std::string_view value;  // as it stands: references are not undone
};

/// Takes the next attribute off. Nothing where there is none: at '>' or at the end.
std::optional<Attribute> take_attribute(std::string_view& text);

}  // namespace mailpipe::html

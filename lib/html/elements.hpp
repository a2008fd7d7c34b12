// SPDX-License-Identifier: ISC
// The elements of HTML that matter to text: what each is to its layout, and how its content is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailpipe::html {

enum class Role : std::uint8_t {
    phrase, link,                                            // within a line
    block, paragraph, heading, quote, preformatted, hidden,  // lines of their own; hidden: none
    list, item, definitions, term, definition,
    table, section, row, cell,
    line_break, rule, image, empty,                          // without content; empty: nothing to see
};
constexpr std::size_t role_count = static_cast<std::size_t>(Role::empty) + 1;

constexpr bool is_in_line(Role role) { return role <= Role::link; }
constexpr bool is_void(Role role) { return role >= Role::line_break; }

/// How the tokenizer reads what follows the start tag: WHATWG HTML section 13.2.5. raw: up to the end tag; rest: to the
/// end of the document.
enum class Content : std::uint8_t { markup, escapable_raw, raw, script, rest };

struct Element {
    char name[11];
    Role role;
    Content content = Content::markup;
};

/// Sorted by their names.
std::span<const Element> elements();

/// Whatever the case of letters. Null: one that makes no difference to text.
const Element* find_element(std::string_view name);

}  // namespace mailpipe::html

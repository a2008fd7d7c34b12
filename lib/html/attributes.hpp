// SPDX-License-Identifier: ISC
// What a tag's attributes say to a reader of text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::html {

struct Attributes {
    std::string_view href, alt;         // as they stand
    std::optional<std::size_t> number;  // start of a list, value of an item: up to nine digits
    bool is_hidden = false;             // the attribute hidden, or "display: none"
    bool is_dot = false;                // an image of no more than one pixel's width or height
};

/// Of two attributes with the same name the first counts. `text` is that of a start tag's token.
Attributes read_attributes(std::string_view text);

/// What a reader has to see of a link: a URL of the schemes http, https and mailto, as browsers clean it, with blanks and
/// what cannot be seen as "%20". Empty: it leads nowhere.
std::string link_target(std::string_view href);

/// The text of a link says where it leads: but for scheme and a slash at the end.
bool tells_target(std::string_view text, std::string_view target);

}  // namespace mailpipe::html

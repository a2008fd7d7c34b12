// SPDX-License-Identifier: ISC
// What a reader sees of a character.
#pragma once

namespace mailpipe::html {

enum class Visibility {
    visible,
    blank,     ///< a space of some width; tab and line ends of ASCII are controls here
    line_end,  ///< a line or a paragraph ends: U+2028, U+2029
    unseen,    ///< controls, and what has no width or only turns the order of others: a hiding place
};

/// Combining marks are visible.
Visibility visibility(char32_t character);

}  // namespace mailpipe::html

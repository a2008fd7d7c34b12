// SPDX-License-Identifier: ISC
// Character references of HTML, as browsers read them: WHATWG HTML section 13.2.5.72 and what follows it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::html {

struct Reference {
    char32_t character;  // U+FFFD for a surrogate, for 0 and for what no character has
    std::size_t octets;  // 0: the '&' stands for itself
};

/// In an attribute, a name without ';' before '=', a letter or a digit is none ("?a=1&copy=2").
enum class ReferencePlace { text, attribute };

/// Precondition: `text` begins with '&'. Looks at no more than it takes, and some 20 octets.
Reference reference_at_front(std::string_view text, ReferencePlace place);

/// What the value of an attribute means.
std::string undo_references(std::string_view value);

}  // namespace mailpipe::html

// SPDX-License-Identifier: ISC
// The names of character references: WHATWG HTML section 13.5.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailpipe::html {

struct NamedCharacter {
    char name[17];  // without '&' and ';'
    char16_t character;
    bool may_be_bare = false;  // counts without ';' too
};
constexpr std::size_t max_name_octets = sizeof NamedCharacter::name - 1;
constexpr std::size_t max_bare_octets = 6;

/// Null: nobody knows it. The case of letters counts.
const NamedCharacter* find_name(std::string_view name);

}  // namespace mailpipe::html

// SPDX-License-Identifier: ISC
// What a mailbox is called and which directory it is: Maildir++, as Dovecot and Courier lay it out. A name is UTF-8
// here, with its namespace's prefix and separator; INBOX and what is below it in capitals.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::store {

enum class NameEncoding {
    modified_utf7,  ///< Dovecot
    utf8,           ///< Courier since 5.0
};

struct NameRules {
    char separator = '.';  ///< what clients see, '.' or '/'; on disk it is '.'
    std::string prefix;    ///< "", or "INBOX." where all folders are below INBOX
    NameEncoding encoding = NameEncoding::modified_utf7;
};

constexpr std::size_t max_directory_octets = 255;
constexpr std::size_t max_levels = 100;

/// INBOX in any case is the root (RFC 9051 section 5.1), and INBOX in any case begins the names below it. Errors:
/// permanent, EINVAL, saying why this name can't be stored: empty, without the prefix, an empty level (also a last one:
/// a session takes a trailing separator off), "." or "/" in a level, '~' at the beginning (Dovecot), controls (RFC 6855
/// section 3), no UTF-8, more than max_levels, more than max_directory_octets on disk.
Result<std::string> canonical_name(std::string_view name, const NameRules& rules);

/// Precondition, here and below: `name` is canonical. ".Entw&APw-rfe.2024"; "." for INBOX.
std::string directory_of(std::string_view name, const NameRules& rules);

/// The name for a directory of the root: what is not ASCII, or no modified UTF-7, is UTF-8 whatever the rules say.
/// Several directories can have one name. Nothing for what is no folder, or has no name.
std::optional<std::string> name_of(std::string_view directory, const NameRules& rules);

/// Empty for what is at the top.
std::string_view parent_of(std::string_view name, const NameRules& rules);
bool is_below(std::string_view name, std::string_view ancestor, const NameRules& rules);
bool is_inbox(std::string_view name);

}  // namespace mailpipe::store

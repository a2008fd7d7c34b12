// SPDX-License-Identifier: ISC
// The header fields that mail clients ask for in lists of messages: a Summary keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mailpipe::imap {

/// A bit for each of them, by their places in known_fields(). Empty: 0.
using FieldSet = std::uint64_t;

/// Their names, in lower case and ascending.
std::span<const std::string_view> known_fields();

/// Of a name in any case, its place; nothing where it is none of them.
std::optional<unsigned> field_place(std::string_view name);

/// Nothing where one of them is none.
std::optional<FieldSet> field_set(std::span<const std::string> names);

}  // namespace mailpipe::imap

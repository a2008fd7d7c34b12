// SPDX-License-Identifier: ISC
// The fields of a message's header, for people and for scripts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::view {

/// A field's value on one line: unfolded, with its encoded-words (RFC 2047) in UTF-8 and nothing that a terminal would obey.
std::string decoded_value(std::string_view value);

/// `message` from its header on: without the line that an mbox puts before it.
std::string_view without_from_line(std::string_view message);

/// "Name: value" for each field of one of these names ("From,To"; empty: all), decoded, a line each; or as they stand.
std::string list_fields(std::string_view message, std::string_view names, bool is_raw);

/// The value of the first field of that name, decoded, or only unfolded. Nothing where there is none.
std::optional<std::string> field_value(std::string_view message, std::string_view name, bool is_raw);

}  // namespace mailpipe::view

// SPDX-License-Identifier: ISC
// A file's name as a stranger has chosen it, made fit for a directory of ours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::view {

/// Longer names are cut, their extension kept.
constexpr std::size_t max_name_octets = 200;

/// `name` without any path (of Unix or Windows) and blanks at its ends; '_' for what a terminal would obey, for characters that
/// turn the direction of writing, and for a dot or a dash at the beginning. Empty where nothing is left.
std::string safe_name(std::string_view name);

/// "report-2.pdf" for "report.pdf".
std::string numbered_name(std::string_view name, std::size_t number);

}  // namespace mailpipe::view

// SPDX-License-Identifier: ISC
// The text of mailpipe.conf(5): a strict part of TOML 1.0. CLI11's own reader takes '#' and ',' inside quotes for
// syntax and passes over what it does not understand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::cli {

struct Setting {
    std::string section;  ///< empty at the top
    std::string key;
    std::vector<std::string> values;  ///< one, or those of a list
    std::size_t line;                 ///< counted from 1

    bool operator==(const Setting&) const = default;
};

/// `key = value` lines, `[section]` lines, `# comments`. A value is "text" (with \\ \" \t \n), 'text as it stands', a bare
/// word (letters, digits and punctuation without quotes, brackets, commas, '#', '=' and blanks), or a list of
/// them: `[a, "b"]`, over several lines if wanted. A key stands once in a section.
/// Errors: permanent, for exit status 78, with the number of the line.
Result<std::vector<Setting>> parse_config(std::string_view text);

}  // namespace mailpipe::cli

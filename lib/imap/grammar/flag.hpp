// SPDX-License-Identifier: ISC
// Flags as a client sends them: flag and flag-list of RFC 9051 section 9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

/// In the order they came; one may come twice.
struct FlagList {
    std::vector<std::string> flags{};    ///< "\Seen" … in that spelling, and keywords as they came
    std::vector<std::string> unknown{};  ///< what else begins with '\', which nobody may set: "\Recent", "\Foo"

    bool operator==(const FlagList&) const = default;
};

/// The five that a client may set, in their spelling; empty for any other.
std::string_view system_flag(std::string_view flag);

/// A flag, a system flag in its spelling.
std::string take_flag(Arguments& in);
/// "(" [flag *(SP flag)] ")"
FlagList take_flag_list(Arguments& in);
/// The same, or flags without parentheses to the end, as STORE has them.
FlagList take_bare_flags(Arguments& in);

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
// Flags as a client sends them: flag and flag-list of RFC 9051 section 9.
#pragma once

#include <cstdint>
#include <optional>
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

/// The five that a client may set, in the order in which they are told.
enum class SystemFlag : std::uint8_t { answered, flagged, deleted, seen, draft };
constexpr SystemFlag system_flags[] = {SystemFlag::answered, SystemFlag::flagged, SystemFlag::deleted, SystemFlag::seen, SystemFlag::draft};

/// "\Answered".
std::string_view name_of(SystemFlag flag);
/// By its name, whatever the case; nothing for any other flag.
std::optional<SystemFlag> find_system_flag(std::string_view name);

/// A flag, a system flag in its spelling.
std::string take_flag(Arguments& in);
/// "(" [flag *(SP flag)] ")"
FlagList take_flag_list(Arguments& in);
/// The same, or flags without parentheses to the end, as STORE has them.
FlagList take_bare_flags(Arguments& in);

}  // namespace mailpipe::imap

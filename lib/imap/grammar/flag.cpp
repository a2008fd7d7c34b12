// SPDX-License-Identifier: ISC
#include "imap/grammar/flag.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

void take_into(FlagList& list, Arguments& in) {
    auto flag = take_flag(in);
    const bool is_unknown = flag.starts_with('\\') && !find_system_flag(flag);
    if (!in.failed()) (is_unknown ? list.unknown : list.flags).push_back(std::move(flag));
}

}  // namespace

std::string_view name_of(SystemFlag flag) {
    switch (flag) {
        case SystemFlag::answered: return "\\Answered";
        case SystemFlag::flagged: return "\\Flagged";
        case SystemFlag::deleted: return "\\Deleted";
        case SystemFlag::seen: return "\\Seen";
        case SystemFlag::draft: break;
    }
    return "\\Draft";
}

std::optional<SystemFlag> find_system_flag(std::string_view name) {
    const auto* const known = std::ranges::find_if(system_flags, [&](auto each) { return iequals(name_of(each), name); });
    return known == std::end(system_flags) ? std::nullopt : std::optional{*known};
}

std::string take_flag(Arguments& in) {
    const bool is_system = in.take('\\');
    std::string flag = is_system ? "\\" : "";
    if (is_system && in.take('*')) return "\\*";
    flag += in.atom();
    const auto known = find_system_flag(flag);
    return known ? std::string{name_of(*known)} : flag;
}

FlagList take_flag_list(Arguments& in) {
    FlagList list;
    in.list_or_empty([&] { take_into(list, in); });
    return list;
}

FlagList take_bare_flags(Arguments& in) {
    if (in.peek() == '(') return take_flag_list(in);
    FlagList list;
    do take_into(list, in);
    while (in.take(' '));
    return list;
}

}  // namespace mailpipe::imap

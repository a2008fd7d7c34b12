// SPDX-License-Identifier: ISC
#include "imap/grammar/flag.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::string_view system_flags[] = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};

void take_into(FlagList& list, Arguments& in) {
    auto flag = take_flag(in);
    const bool is_unknown = flag.starts_with('\\') && system_flag(flag).empty();
    if (!in.failed()) (is_unknown ? list.unknown : list.flags).push_back(std::move(flag));
}

}  // namespace

std::string_view system_flag(std::string_view flag) {
    const auto* known = std::ranges::find_if(system_flags, [&](auto each) { return iequals(each, flag); });
    return known == std::end(system_flags) ? std::string_view{} : *known;
}

std::string take_flag(Arguments& in) {
    const bool is_system = in.take('\\');
    std::string flag = is_system ? "\\" : "";
    if (is_system && in.take('*')) return "\\*";
    flag += in.atom();
    const auto spelling = system_flag(flag);
    return spelling.empty() ? flag : std::string(spelling);
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

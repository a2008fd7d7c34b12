// SPDX-License-Identifier: ISC
#include "pop3/command.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::pop3 {

Command split_command(std::string_view line) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return {line, {}};
    return {line.substr(0, space), line.substr(space + 1)};
}

std::optional<std::uint32_t> parse_message_number(std::string_view text) {
    const auto number = to_number<std::uint32_t>(trim(text));
    if (number == 0U) return {};
    return number;
}

std::optional<TopArguments> parse_top(std::string_view arguments) {
    const auto [message, lines] = split_command(trim(arguments));
    const auto number = parse_message_number(message);
    const auto count = to_number<std::uint32_t>(trim(lines));
    if (!number || !count) return {};
    return TopArguments{*number, *count};
}

}  // namespace mailpipe::pop3

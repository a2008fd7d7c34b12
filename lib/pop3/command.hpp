// SPDX-License-Identifier: ISC
// The grammar of POP3's commands (RFC 1939 section 3, RFC 2449 section 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mailpipe::pop3 {

constexpr std::size_t max_command_octets = 255;  ///< with CRLF: RFC 2449 section 4

struct Command {
    std::string_view verb;
    std::string_view arguments;  ///< all behind the first space
};
Command split_command(std::string_view line);

/// A message-number: decimal, from 1.
std::optional<std::uint32_t> parse_message_number(std::string_view text);

struct TopArguments {
    std::uint32_t message;
    std::uint32_t lines;
};
/// "msg n", n from 0 (RFC 1939 section 7).
std::optional<TopArguments> parse_top(std::string_view arguments);

}  // namespace mailpipe::pop3

// SPDX-License-Identifier: ISC
#include "smtp/reply.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::smtp {

namespace {

constexpr std::size_t max_line_octets = 512;

bool is_text(char c) { return is_ascii(c) && (!is_control(c) || c == '\t'); }

void write_line(io::Channel& channel, std::string_view text) {
    if (std::ranges::all_of(text, is_text)) return channel.write(text);
    std::string shown(text);
    std::ranges::replace_if(shown, [](char c) { return !is_text(c); }, '?');
    channel.write(shown);
}

}  // namespace

void write(io::Channel& channel, const Reply& reply) {
    const fmt::format_int code{reply.code};
    const auto overhead = code.size() + 1 + reply.enhanced.size() + 1 + 2;
    for (std::string_view text = reply.text;;) {
        const auto end = text.find('\n');
        channel.write({code.data(), code.size()});
        channel.write(end == std::string_view::npos ? " " : "-");
        if (!reply.enhanced.empty()) {
            channel.write(reply.enhanced);
            channel.write(" ");
        }
        write_line(channel, text.substr(0, std::min(end, max_line_octets - overhead)));
        channel.write("\r\n");
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

std::string to_string(const Reply& reply) {
    std::string line = fmt::format("{}", reply.code);
    if (!reply.enhanced.empty()) line.append(1, ' ').append(reply.enhanced);
    if (!reply.text.empty()) line.append(1, ' ').append(reply.text);
    for (char& c : line) {
        if (c == '\n') c = ' ';
    }
    return line;
}

}  // namespace mailpipe::smtp

// SPDX-License-Identifier: ISC
#include "mta/outcome/remote_reply.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "text/cursor.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view expired_mark = "not delivered in time; the last try: ";

bool is_dotted(char c) { return is_digit(c) || c == '.'; }

/// "451 4.2.0 " or "451 ": what goes before the words.
std::string_view status_of(std::string_view text) {
    text::Cursor cursor{text};
    cursor.take_while(is_digit);
    if (!cursor.take(' ')) return {};
    const auto code_octets = cursor.position();
    const bool has_enhanced = cursor.take_while(is_dotted).size() >= 5 && cursor.take(' ');
    return text.substr(0, has_enhanced ? cursor.position() : code_octets);
}

/// "mx.example[192.0.2.1]:25", or of an LMTP server "name[/path]"; empty where the text begins with something else.
std::string_view host_of(std::string_view text) {
    const auto host = text.substr(0, text.find(": "));
    if (host.size() == text.size() || !std::ranges::all_of(host, is_no_blank)) return {};
    const auto open = host.rfind('[');
    const auto close = host.rfind(']');
    if (open == host.npos || close == host.npos || open == 0 || close < open) return {};
    const auto port = host.substr(close + 1);
    const bool is_sound = port.empty() || (port.size() > 1 && port[0] == ':' && std::ranges::all_of(port.substr(1), is_digit));
    return is_sound ? host : std::string_view{};
}

}  // namespace

RemoteReply remote_reply(const queue::JournalLine& line) {
    const auto whole = reply_text(line);
    std::string_view text = whole;
    if (const auto at = text.find(expired_mark); at == status_of(text).size()) text.remove_prefix(at + expired_mark.size());
    auto status = status_of(text);
    auto words = text.substr(status.size());
    // Our own code comes first where the host's is not taken at its word: a 5yz greeting.
    if (const auto theirs = status_of(words); !host_of(words.substr(theirs.size())).empty()) {
        if (!theirs.empty()) status = theirs;
        words.remove_prefix(theirs.size());
    }
    const auto host = host_of(words);
    if (host.empty()) return {{}, {}, std::string{text}};
    return {std::string{host}, std::string{host.substr(0, host.rfind('['))}, fmt::format("{}{}", status, words.substr(host.size() + 2))};
}

std::string expired_text(const smtp::Reply& last) { return fmt::format("{}{}", expired_mark, smtp::to_string(last)); }

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/outcome/remote_reply.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "smtp/client.hpp"
#include "text/cursor.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view expired_mark = "not delivered in time; the last try: ";

constexpr std::size_t word_octets = 4;  // of " to " and " at "

bool is_dotted(char c) { return is_digit(c) || c == '.'; }

/// "451 4.2.0 " or "451 ": what goes before the words.
std::string_view status_of(std::string_view text) {
    text::Cursor cursor{text};
    if (cursor.take_while(is_digit).empty() || !cursor.take(' ')) return {};
    const auto code_octets = cursor.position();
    const bool has_enhanced = cursor.take_while(is_dotted).size() >= 5 && cursor.take(' ');
    return text.substr(0, has_enhanced ? cursor.position() : code_octets);
}

struct Begin {
    std::string_view host, command;
    std::size_t octets = 0;  // of the whole, with what parts it from the words; 0: there is no host
    bool is_answer = false;  // " to "
};

/// "mx.example[192.0.2.1]:25", or of an LMTP server "name[/path]".
bool is_host(std::string_view text) {
    const auto open = text.rfind('[');
    const auto close = text.rfind(']');
    if (open == text.npos || close == text.npos || open == 0 || close < open || !std::ranges::all_of(text, is_no_blank)) return false;
    const auto port = text.substr(close + 1);
    return port.empty() || (port.size() > 1 && port[0] == ':' && std::ranges::all_of(port.substr(1), is_digit));
}

bool is_command(std::string_view text) {
    return text == to_string(smtp::ClientCommand::mail_data) || (!text.empty() && std::ranges::all_of(text, is_upper));
}

/// host [(" to " / " at ") command] ": " at the front of `text`; after the colon it may be at its end.
Begin begin_of(std::string_view text) {
    const auto colon = std::min(text.find(": "), text.ends_with(':') ? text.size() - 1 : text.npos);
    if (colon == text.npos) return {};
    const auto front = text.substr(0, colon);
    const auto blank = front.find(' ');
    const auto rest = blank == front.npos ? std::string_view{} : front.substr(blank);
    const auto command = rest.substr(std::min(rest.size(), word_octets));
    const bool has_sound_command = (rest.starts_with(" to ") || rest.starts_with(" at ")) && is_command(command);
    if (!is_host(front.substr(0, blank)) || (!rest.empty() && !has_sound_command)) return {};
    return {front.substr(0, blank), command, std::min(colon + 2, text.size()), rest.starts_with(" to ")};
}

}  // namespace

RemoteReply remote_reply(const queue::JournalLine& line) {
    const auto whole = reply_text(line);
    std::string_view text = whole;
    if (const auto at = text.find(expired_mark); at == status_of(text).size()) text.remove_prefix(at + expired_mark.size());
    auto status = status_of(text);
    auto words = text.substr(status.size());
    // Our own code comes first where the host's is not taken at its word: a 5yz greeting.
    const auto theirs = status_of(words);
    const bool is_doubted = begin_of(words.substr(theirs.size())).octets > 0;
    if (is_doubted) {
        if (!theirs.empty()) status = theirs;
        words.remove_prefix(theirs.size());
    }
    const auto [host, command, octets, is_answer] = begin_of(words);
    if (octets == 0) return {.reply = std::string{text}};
    const auto name = host.substr(0, host.rfind('['));
    const bool has_own_code = is_doubted && !theirs.empty();  // only who has spoken has one
    return {std::string{host}, std::string{name}, std::string{command}, is_answer || has_own_code,
            fmt::format("{}{}", status, words.substr(octets))};
}

std::string_view without_host(std::string_view text) { return text.substr(begin_of(text).octets); }

std::string expired_text(const smtp::Reply& last) { return fmt::format("{}{}", expired_mark, smtp::to_string(last)); }

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "queue/journal.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::queue {

namespace {

constexpr std::string_view event_names[] = {"delivered", "deferred", "failed", "relayed", "expanded", "notified",
                                            "routed",    "tried"};

std::string_view take_word(std::string_view& text) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
}

std::optional<JournalLine> parse_line(std::string_view text) {
    const auto time = to_number<std::int64_t>(take_word(text));
    const auto recipient = to_number<std::size_t>(take_word(text));
    const auto name = std::ranges::find(event_names, take_word(text));
    const auto code = to_number<int>(take_word(text));
    if (!time || recipient.value_or(0) == 0 || name == std::end(event_names) || !code) return {};
    const auto enhanced = take_word(text);
    return JournalLine{*time, *recipient, static_cast<Event>(name - event_names), *code, std::string{enhanced}, std::string{text}};
}

}  // namespace

std::string_view to_string(Event event) { return event_names[static_cast<std::size_t>(event)]; }

std::string enhanced_code(const JournalLine& line) {
    return line.enhanced.empty() ? fmt::format("{}.0.0", line.code / 100) : line.enhanced;
}

std::string to_string(const JournalLine& line) {
    auto text = fmt::format("{} {} {} {} {} {}", line.time, line.recipient, to_string(line.event), line.code, enhanced_code(line),
                            line.text);
    std::ranges::replace_if(text, [](char c) { return is_control(c) && c != '\t'; }, ' ');
    text += '\n';
    return text;
}

std::string reply_text(const JournalLine& line) {
    auto text = fmt::format("{} {} {}", line.code, line.enhanced, line.text);
    std::ranges::replace_if(text, is_control, ' ');
    return text;
}

std::vector<JournalLine> parse_journal(std::string_view text) {
    std::vector<JournalLine> lines;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        if (auto line = parse_line(text.substr(0, end))) lines.push_back(std::move(*line));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string join_addresses(const std::vector<mail::Mailbox>& mailboxes) {
    std::string text;
    for (const auto& mailbox : mailboxes) {
        if (!text.empty()) text += '\t';
        text += mail::to_string(mailbox);
    }
    return text;
}

Result<std::vector<mail::Mailbox>> split_addresses(std::string_view text) {
    std::vector<mail::Mailbox> mailboxes;
    while (!text.empty()) {
        const auto address = text.substr(0, text.find('\t'));
        text.remove_prefix(std::min(address.size() + 1, text.size()));
        auto mailbox = mail::parse_mailbox(address);
        if (!mailbox) return failure(mailbox.error());
        mailboxes.push_back(std::move(*mailbox));
    }
    return mailboxes;
}

}  // namespace mailpipe::queue

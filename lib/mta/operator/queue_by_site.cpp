// SPDX-License-Identifier: ISC
#include "mta/operator/queue_by_site.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mta/outcome/remote_reply.hpp"
#include "mta/outcome/report_text.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t id_octets = 9;  // "S3140", "TSS04" and "HT204137" are codes; what is longer and has digits is an id
constexpr std::string_view marks_before = "<([{\"'", marks_behind = ">)]}\"',;:.!?";

bool has_digit(std::string_view word) { return std::ranges::any_of(word, is_digit); }

/// "192.0.2.1" or "2001:db8::1", also with "/24" or ":25" behind it.
bool is_ip_address(std::string_view word) {
    const auto is_hex_group = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '/'; };
    const auto is_dotted = [](char c) { return is_digit(c) || c == '.' || c == ':' || c == '/'; };
    return (std::ranges::count(word, '.') == 3 && std::ranges::all_of(word, is_dotted)) ||
           (std::ranges::count(word, ':') >= 2 && std::ranges::all_of(word, is_hex_group) &&
            (word.find("::") != std::string_view::npos || std::ranges::count(word, ':') >= 5));
}

std::string_view url_part(std::string_view word) {
    const auto scheme = word.find("://");
    return scheme == std::string_view::npos ? std::string_view{} : word.substr(0, word.find_first_of("?#0123456789"));
}

std::string fold_word(std::string_view word) {
    if (word.find('@') != std::string_view::npos) return "ADDRESS";
    if (const auto url = url_part(word); !url.empty()) return url.size() == word.size() ? std::string{word} : std::string{url} + "...";
    if (!has_digit(word)) return std::string{word};
    if (is_ip_address(word)) return "IP";
    const bool is_number = std::ranges::none_of(word, is_alpha);
    if (is_number) return "N";
    return word.size() >= id_octets ? "ID" : std::string{word};
}

std::string fold_token(std::string_view token) {
    const auto begin = std::min(token.find_first_not_of(marks_before), token.size());
    const auto last = token.find_last_not_of(marks_behind);
    if (last == std::string_view::npos || last < begin) return std::string{token};
    return fmt::format("{}{}{}", token.substr(0, begin), fold_word(token.substr(begin, last + 1 - begin)), token.substr(last + 1));
}

std::string reason_of(const queue::RecipientState& state) {
    if (!state.last) return "not tried yet";
    return fmt::format("{} {} {}", state.last->code, state.last->enhanced, fold_reason(state.last->text));
}

std::optional<std::int64_t> due_of(queue::State state, const queue::Message& message, std::int64_t now) {
    switch (state) {
        case queue::State::fresh:
        case queue::State::active: return std::min(message.arrived(), now);
        case queue::State::waiting: return message.name().due;
        case queue::State::held: break;
    }
    return {};
}

}  // namespace

std::string fold_reason(std::string_view text) {
    std::string folded;
    text = without_host(text.substr(std::min(text.find_first_not_of(' '), text.size())));
    while (!text.empty()) {
        const auto end = std::ranges::find_if(text, [](char c) { return is_blank(c) || is_control(c); });
        const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(std::min(token.size() + 1, text.size()));
        if (token.empty()) continue;
        if (!folded.empty()) folded += ' ';
        folded += fold_token(token);
    }
    return folded;
}

void QueueBySite::add(queue::State state, const queue::Message& message, const Selection& selection, std::int64_t now) {
    ++messages_;
    for (const auto number : selection.recipients_of(message)) {
        const auto& recipient = message.recipients()[number];
        if (recipient.is_done()) continue;
        const auto site = site_of(recipient);
        const auto reason = reason_of(recipient);
        auto& group = groups_[site + '\n' + reason];
        if (group.recipients++ == 0) {
            group.site = site;
            group.reason = reason;
            group.oldest = message.arrived();
            group.oldest_id = message.name().id;
        }
        ++recipients_[site];
        if (group.last_message != messages_) ++group.messages;
        group.last_message = messages_;
        const auto due = due_of(state, message, now);
        if (due) group.due = std::min(group.due.value_or(*due), *due);
    }
}

std::vector<WaitingGroup> QueueBySite::groups() const {
    std::vector<WaitingGroup> sorted;
    for (const auto& [key, group] : groups_) sorted.push_back(group);
    const auto order = [this](const WaitingGroup& group) {
        return std::tuple{~recipients_.at(group.site), group.site, ~group.recipients, group.reason};  // more comes first
    };
    std::ranges::sort(sorted, {}, order);
    return sorted;
}

std::string group_line(const WaitingGroup& group, std::int64_t now) {
    return line_for_terminal(fmt::format("{} {} {} {} {} {}", group.recipients, group.site,
                                         duration_text(std::max<std::int64_t>(now - group.oldest, 0)), group.oldest_id,
                                         group.due ? wait_text(*group.due, now) : "held", group.reason));
}

std::string group_json(const WaitingGroup& group) {
    text::JsonObject object;
    object.add("version", queue_json_version).add("site", group.site).add("reason", group.reason);
    object.add("recipients", static_cast<std::int64_t>(group.recipients)).add("messages", static_cast<std::int64_t>(group.messages));
    object.add("oldest", time_text(group.oldest)).add("id", group.oldest_id);
    if (group.due) object.add("due", time_text(*group.due));
    return object.text();
}

}  // namespace mailpipe::mta

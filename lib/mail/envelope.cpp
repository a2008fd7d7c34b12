// SPDX-License-Identifier: ISC
#include "mail/envelope.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::mail {

namespace {

struct NotifyWord {
    std::string_view text;
    bool Notify::*flag;
};
constexpr NotifyWord notify_words[] = {
    {"NEVER", &Notify::never}, {"SUCCESS", &Notify::success}, {"FAILURE", &Notify::failure}, {"DELAY", &Notify::delay}};

constexpr std::string_view return_words[] = {"", "FULL", "HDRS"};  // in the order of Return

}  // namespace

std::string to_string(const Notify& notify) {
    std::string text;
    for (const auto& word : notify_words) {
        if (!(notify.*word.flag)) continue;
        if (!text.empty()) text += ',';
        text += word.text;
    }
    return text;
}

std::optional<Notify> parse_notify(std::string_view value) {
    Notify notify;
    const bool is_list = value.find(',') != std::string_view::npos;
    for (;;) {
        const auto comma = value.find(',');
        const auto text = value.substr(0, comma);
        const auto word = std::ranges::find_if(notify_words, [&](const auto& w) { return iequals(w.text, text); });
        if (word == std::end(notify_words) || (is_list && word->flag == &Notify::never)) return {};
        notify.*word->flag = true;
        if (comma == std::string_view::npos) return notify;
        value.remove_prefix(comma + 1);
    }
}

std::string_view to_string(Return dsn_return) { return return_words[static_cast<std::size_t>(dsn_return)]; }

std::optional<Return> parse_return(std::string_view value) {
    if (iequals(value, to_string(Return::full))) return Return::full;
    if (iequals(value, to_string(Return::headers))) return Return::headers;
    return {};
}

}  // namespace mailpipe::mail

// SPDX-License-Identifier: ISC
#include "mail/message_id.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "mail/mailbox.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

bool is_word(char c) { return !text::is_fws(c) && c != '<' && c != '>' && c != ',' && c != ';' && c != '"' && c != '('; }

bool is_plain_in_id(char c) { return !text::is_fws(c) && c != '<' && c != '>' && c != '"' && c != '('; }

class IdReader {
public:
    explicit IdReader(std::string_view value) : cursor_(value) {}

    std::vector<std::string> read() {
        while (!cursor_.at_end() && bracketed_.size() < max_message_ids) step();
        if (!bracketed_.empty()) return std::move(bracketed_);
        if (with_at_.empty() && words_ == 1) with_at_.push_back(std::move(word_));
        return std::move(with_at_);
    }

private:
    void step() {
        const char c = cursor_.peek();
        if (cursor_.take('<')) return add(bracketed_, take_id());
        if (c == '"' && text::take_closed(cursor_, text::take_quoted, quotes_end_)) return;
        if (c == '(' && text::take_closed(cursor_, text::take_comment, comments_end_)) return;
        const auto word = cursor_.take_while(is_word);
        if (word.empty()) {
            cursor_.next();
        } else if (word.find('@') != std::string_view::npos) {
            if (with_at_.size() < max_message_ids) add(with_at_, std::string{word});
        } else {
            ++words_;
            word_ = word;
        }
    }

    /// Up to '>'; where that is missing up to the first blank.
    std::string take_id() {
        std::string id;
        auto before_blank = std::string::npos;
        for (;;) {
            id += cursor_.take_while(is_plain_in_id);
            if (cursor_.at_end() || cursor_.peek() == '<') break;
            const char c = cursor_.peek();
            if (cursor_.take('>')) return id;
            if (c == '(' && text::take_closed(cursor_, text::take_comment, comments_end_)) continue;
            if (const auto quoted = c == '"' ? text::take_closed(cursor_, text::take_quoted, quotes_end_) : std::nullopt) {
                id += to_string(Mailbox{*quoted, {}});  // quoted again only where it has to be
                continue;
            }
            cursor_.next();
            if (!text::is_fws(c)) id += c;
            else if (before_blank == std::string::npos) before_blank = id.size();
        }
        id.resize(std::min(id.size(), before_blank));
        return id;
    }

    static void add(std::vector<std::string>& ids, std::string id) {
        if (!id.empty()) ids.push_back(std::move(id));
    }

    text::Cursor cursor_;
    std::vector<std::string> bracketed_;
    std::vector<std::string> with_at_;
    std::string word_;       // the last one without an '@'
    std::size_t words_ = 0;  // how many there were
    bool quotes_end_ = true;  // false: one had no end
    bool comments_end_ = true;
};

}  // namespace

std::string new_message_id(Time time, std::string_view host) {
    std::uint64_t random[2] = {};
    // Fails only where the kernel has no such call; the time and the process number must do there.
    if (::getentropy(random, sizeof random) != 0) random[0] = static_cast<std::uint64_t>(::getpid());
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    return fmt::format("<{:x}.{:x}{:016x}@{}>", micros, random[0] & 0xffffffff, random[1], host);
}

std::vector<std::string> parse_message_ids(std::string_view value) { return IdReader{value}.read(); }

std::string with_blanks_between(std::string_view value) {
    std::string out;
    bool in_quotes = false;
    for (std::size_t at = 0; at < value.size(); ++at) {
        out += value[at];
        if (value[at] == '"') in_quotes = !in_quotes;
        const bool is_between = !in_quotes && value.substr(at).starts_with("><");
        if (is_between) out += ' ';
        const bool is_escape = in_quotes && value[at] == '\\' && at + 1 < value.size();
        if (is_escape) out += value[++at];
    }
    return out;
}

}  // namespace mailpipe::mail

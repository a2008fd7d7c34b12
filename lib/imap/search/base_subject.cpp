// SPDX-License-Identifier: ISC
#include "imap/search/base_subject.hpp"

#include "base/ascii.hpp"
#include "text/cursor.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::imap {

namespace {

/// One space for tabs, line ends and spaces that stand together; none at both ends.
std::string with_single_spaces(std::string_view subject) {
    std::string line;
    line.reserve(subject.size());
    for (const char c : trim(subject)) {
        const bool is_space = text::is_fws(c);
        if (!is_space) line += c;
        else if (!line.ends_with(' ')) line += ' ';
    }
    return line;
}

void skip_blanks(text::Cursor& cursor) { cursor.take_while(is_blank); }

bool is_blob_octet(char c) { return c != '[' && c != ']' && c != '\0'; }

/// subj-blob = "[" *BLOBCHAR "]" *WSP
bool take_blob(text::Cursor& cursor) {
    auto ahead = cursor;
    if (!ahead.take('[')) return false;
    ahead.take_while(is_blob_octet);
    if (!ahead.take(']')) return false;
    skip_blanks(ahead);
    cursor = ahead;
    return true;
}

/// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
bool take_refwd(text::Cursor& cursor) {
    auto ahead = cursor;
    if (!ahead.take_word("re") && !ahead.take_word("fwd") && !ahead.take_word("fw")) return false;
    skip_blanks(ahead);
    take_blob(ahead);
    if (!ahead.take(':')) return false;
    cursor = ahead;
    return true;
}

class Reading {
public:
    explicit Reading(std::string_view line) : left_(line) {}

    BaseSubject read() {
        do {
            take_trailers();
            take_leaders();
        } while (take_forward());
        return {std::string{left_}, is_reply_};
    }

private:
    /// Step (2): subj-trailer = "(fwd)" / WSP
    void take_trailers() {
        constexpr std::string_view mark = "(fwd)";
        for (;;) {
            while (!left_.empty() && is_blank(left_.back())) left_.remove_suffix(1);
            if (left_.size() < mark.size() || !iequals(left_.substr(left_.size() - mark.size()), mark)) return;
            left_.remove_suffix(mark.size());
            is_reply_ = true;
        }
    }

    /// Steps (3) to (5): subj-leader = (*subj-blob subj-refwd) / WSP, and blobs before a subj-base. A run of blobs is looked
    /// at once: either a subj-refwd stands behind them, or they go as long as something is left.
    void take_leaders() {
        for (;;) {
            text::Cursor cursor{left_};
            skip_blanks(cursor);
            auto before_last = cursor;
            for (auto at = cursor; take_blob(cursor); at = cursor) before_last = at;
            const bool is_leader = take_refwd(cursor);
            is_reply_ = is_reply_ || is_leader;
            left_ = cursor.at_end() && !is_leader ? before_last.rest() : cursor.rest();
            if (!is_leader) return;
        }
    }

    /// Step (6): subj-fwd-hdr = "[fwd:", subj-fwd-trl = "]"
    bool take_forward() {
        constexpr std::string_view mark = "[fwd:";
        if (!istarts_with(left_, mark) || !left_.ends_with(']')) return false;
        left_ = left_.substr(mark.size(), left_.size() - mark.size() - 1);
        is_reply_ = true;
        return true;
    }

    std::string_view left_;
    bool is_reply_ = false;
};

}  // namespace

BaseSubject base_subject(std::string_view subject) { return Reading{with_single_spaces(subject)}.read(); }

}  // namespace mailpipe::imap

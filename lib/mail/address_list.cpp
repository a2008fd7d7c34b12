// SPDX-License-Identifier: ISC
#include "mail/address_list.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/cursor.hpp"
#include "text/encoded_word.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

constexpr std::size_t max_line = 76;

constexpr std::size_t max_plain_name = 60;

bool is_in_word(char c) { return std::string_view{" \t\r\n\"(),:;<>["}.find(c) == std::string_view::npos; }
bool is_before_bracket(char c) { return c != '>'; }
bool is_before_square(char c) { return c != ']'; }

/// An atom with what stands in it, a quoted-string or a domain-literal; empty where there is none.
std::string take_word(text::Cursor& cursor) {
    if (cursor.peek() == '"') return text::take_quoted(cursor).text;
    if (cursor.peek() != '[') return std::string{cursor.take_while(is_in_word)};
    std::string literal{cursor.take_while(is_before_square)};
    if (cursor.take(']')) literal += ']';
    return literal;
}

/// Words up to what ends them: as a name, and as they stood, which is an address where no "<" follows.
struct Phrase {
    std::string name;
    std::string_view text;
};

Phrase take_phrase(text::Cursor& cursor) {
    Phrase phrase;
    text::skip_cfws(cursor);
    const auto begin = cursor.position();
    const auto text = cursor.rest();
    bool follows_blank = false;
    for (;;) {
        const auto before = cursor.position();
        const auto word = take_word(cursor);
        if (cursor.position() == before) return phrase;
        phrase.name.append(follows_blank ? " " : "").append(word);
        phrase.text = text.substr(0, cursor.position() - begin);
        const auto behind = cursor.position();
        text::skip_cfws(cursor);
        follows_blank = cursor.position() > behind;
    }
}

tl::unexpected<Error> bad(std::string_view address, std::string_view what) {
    const auto shown = address.substr(0, std::min(address.find('\n'), max_line));
    return failure({Fault::permanent, fmt::format("'{}': {}", for_terminal(shown), what)});
}

class Parsing {
public:
    explicit Parsing(std::string_view value) : cursor_(value) {}

    Result<std::vector<Group>> run() {
        groups_.emplace_back();
        while (!cursor_.at_end()) {
            if (auto r = take_one(); !r) return failure(r.error());
        }
        std::erase_if(groups_, [](const Group& group) { return !group.is_named && group.members.empty(); });
        return std::move(groups_);
    }

private:
    /// A mailbox, or a group's name, with what comes behind it.
    Result<void> take_one() {
        auto phrase = take_phrase(cursor_);
        if (cursor_.take(':')) return begin_group(std::move(phrase.name));
        if (cursor_.take('<')) {
            const auto address = cursor_.take_while(is_before_bracket);
            if (!cursor_.take('>')) return bad(address, "the > is missing");
            if (auto r = add(std::move(phrase.name), trim(address)); !r) return r;
        } else if (!phrase.text.empty()) {
            if (auto r = add({}, phrase.text); !r) return r;
        }
        text::skip_cfws(cursor_);
        if (cursor_.take(';')) groups_.emplace_back();
        else if (!cursor_.take(',') && !cursor_.at_end()) return bad(cursor_.rest().substr(0, 40), "a comma was expected");
        return {};
    }

    Result<void> begin_group(std::string name) {
        if (groups_.back().is_named || name.empty()) return bad(name, "a group within a group, or without a name");
        groups_.push_back({std::move(name), true, {}});
        return {};
    }

    Result<void> add(std::string name, std::string_view address) {
        auto mailbox = parse_address(address);
        if (!mailbox) return bad(address, mailbox.error().what);
        groups_.back().members.push_back({std::move(name), std::move(*mailbox)});
        return {};
    }

    text::Cursor cursor_;
    std::vector<Group> groups_;
};

bool is_atom(char c) { return is_alnum(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~ "}.find(c) != std::string_view::npos; }

/// phrase: atoms, a quoted-string, or encoded-words, which the plain ones among its words must not be taken for.
std::string name_text(const std::string& name, std::size_t column) {
    const bool is_plain = all_ascii(name) && name.find("=?") == name.npos && std::ranges::none_of(name, is_control);
    if (!is_plain || name.size() > max_plain_name) return text::encode_phrase(name, column);
    if (std::ranges::all_of(name, is_atom) && trim(name) == name && name.find("  ") == name.npos) return name;
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

class Writing {
public:
    explicit Writing(std::size_t column) : column_(column) {}

    void add(const Group& group) {
        if (group.is_named) put_item(name_text(group.name, column_ + 1), ":");
        for (const auto& [name, mailbox] : group.members) {
            const bool is_last = &group.members.back().name == &name;
            const auto comma = is_last ? "" : ",";
            const auto address = to_string(mailbox);
            if (name.empty()) {
                put_item(address, comma);
            } else {
                put_item(name_text(name, column_ + 1), "");
                put_item("<" + address + ">", comma);
            }
        }
        if (group.is_named) put(";");
    }
    void comma() { put(","); }
    std::string text() && { return std::move(out_); }

private:
    /// After a blank, in a new line where it does not fit.
    void put_item(const std::string& item, std::string_view behind) {
        const auto first_line = std::min(item.find('\n'), item.size());
        if (!out_.empty()) {
            const bool fits = column_ + 1 + first_line + behind.size() + 1 <= max_line;
            put(fits || item.starts_with('\n') ? "" : "\n");
            put(item.starts_with('\n') ? "" : " ");
        }
        put(item);
        put(behind);
    }
    void put(std::string_view text) {
        const auto end = text.rfind('\n');
        out_ += text;
        column_ = end == std::string_view::npos ? column_ + text.size() : text.size() - end - 1;
    }

    std::string out_;
    std::size_t column_;
};

}  // namespace

Result<std::vector<Group>> parse_address_list(std::string_view value) { return Parsing{value}.run(); }

std::string format_address_list(const std::vector<Group>& groups, std::size_t column) {
    Writing writing{column};
    for (const auto& group : groups) {
        writing.add(group);
        if (&group != &groups.back()) writing.comma();
    }
    return std::move(writing).text();
}

}  // namespace mailpipe::mail

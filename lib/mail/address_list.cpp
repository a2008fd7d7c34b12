// SPDX-License-Identifier: ISC
#include "mail/address_list.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/address_words.hpp"
#include "mail/header.hpp"
#include "mail/mailbox.hpp"
#include "text/encoded_word.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

using Kind = AddressWord::Kind;

constexpr bool is_separator(char c) { return c == ',' || c == ';' || c == ':' || c == '<' || c == '>'; }
constexpr auto text_octets = text::alphabet_of([](char c) {
    return !is_separator(c) && !text::is_fws(c) && c != '"' && c != '(' && c != '@' && c != '[';
});
bool is_text(char c) { return text::has(text_octets, c); }


/// No NUL, and every line end is a fold (RFC 5322 section 2.2.3); or all of it is escaped (obs-qp).
bool is_sound(std::string_view value) {
    const bool is_one_line = value.find('\n') == value.npos && value.find('\r') == value.npos;
    const bool is_plain = is_one_line && value.find('\0') == value.npos;
    for (std::size_t i = 0; !is_plain && i < value.size(); ++i) {
        const char next = i + 1 < value.size() ? value[i + 1] : '\0';
        if (value[i] == '\0' || (value[i] == '\r' && next != '\n') || (value[i] == '\n' && !is_blank(next))) return false;
        if (value[i] == '\\') ++i;
    }
    return is_utf8(value);
}

class ListReader {
public:
    explicit ListReader(std::string_view value) : cursor_(value) { list_.is_valid = is_sound(value); }

    AddressList read() {
        while (!cursor_.at_end() && count_ < max_addresses) {
            if (!take_word()) take_separator();
        }
        if (!cursor_.at_end() || in_group_) guess();
        finish_address();
        return std::move(list_);
    }

private:
    void guess() { list_.is_valid = false; }

    void add_word(Kind kind, std::string text) {
        if (!words_.add({kind, std::move(text), std::exchange(is_apart_, false)})) guess();
    }

    /// A word, a comment, or blanks; false where a separator or the end comes.
    bool take_word() {
        const char c = cursor_.peek();
        if (cursor_.at_end() || is_separator(c)) return false;
        if (text::is_fws(c)) {
            cursor_.take_while(text::is_fws);
            is_apart_ = true;
        } else if (c == '(') {
            take_comment();
        } else if (c == '"') {
            take_quoted();
        } else if (cursor_.take('@')) {
            add_word(Kind::at, "@");
        } else if (c == '[') {
            take_bracket();
        } else {
            take_text();
        }
        return true;
    }

    /// One that has no end is none: its first octet goes.
    void take_comment() {
        if (auto comment = text::take_closed(cursor_, text::take_comment, comments_end_)) {
            is_apart_ = true;
            if (!comment->empty()) comment_ = std::move(*comment);
        } else {
            cursor_.next();
            guess();
        }
    }
    void take_quoted() {
        if (auto quoted = text::take_closed(cursor_, text::take_quoted, quotes_end_)) {
            add_word(Kind::quoted, std::move(*quoted));
        } else {
            cursor_.next();
            guess();
        }
    }

    /// domain-literal, or a bracket where none belongs.
    void take_bracket() {
        if (!words_.ends_with_at()) return add_word(Kind::text, std::string(1, cursor_.next()));
        std::string literal;
        bool is_closed = false;
        while (!cursor_.at_end() && !is_closed && cursor_.peek() != '<' && cursor_.peek() != '>' && cursor_.peek() != ',') {
            std::string octets(1, cursor_.next());
            if (octets == "\\" && !cursor_.at_end()) octets += cursor_.next();
            if (octets == "[" && !literal.empty()) guess();
            is_closed = octets == "]";
            if (octets.find_first_of("\r\n") == std::string::npos) literal += octets;
        }
        if (!is_closed) guess();
        add_word(Kind::literal, std::move(literal));
    }

    /// An encoded-word is whole, whatever octets mailers left in it, if no address is among them.
    void take_text() {
        auto octets = text::encoded_word_octets(cursor_.rest());
        const auto inner = cursor_.rest().substr(0, octets);
        if (inner.find('<') != inner.npos || (is_in_brackets_ && inner.find('>') != inner.npos)) octets = 0;
        auto word = octets > 0 ? unfold(inner.substr(0, octets)) : std::string{};
        cursor_.advance(octets);
        add_word(Kind::text, word.append(cursor_.take_while(is_text)));
    }

    void take_separator() {
        switch (cursor_.next()) {
            case '<': return take_angle();
            case ':': return begin_group();
            case ',':
                finish_address();
                wants_comma_ = false;
                return;
            case ';':
                finish_address();
                if (!in_group_) guess();
                wants_comma_ = std::exchange(in_group_, false);
                return;
            default: return guess();  // a '>' too many
        }
    }

    /// What stands in brackets. One that is not closed ends where the next address may begin.
    void take_angle() {
        finish_angle();
        if (!words_.empty() && !words_.is_phrase()) guess();
        const auto name = words_.phrase();
        std::string route;
        words_.clear();
        is_in_brackets_ = true;
        while (take_word() || take_angle_separator(route)) {}
        is_in_brackets_ = false;
        if (!cursor_.take('>') || !words_.is_addr_spec()) guess();
        angle_ = words_.address();
        angle_->name = name;
        angle_->route = std::move(route);
        words_.clear();
        is_apart_ = true;
    }
    /// The ',' and ':' of a route, a ':' that belongs nowhere, a second '<'. False at any other.
    bool take_angle_separator(std::string& route) {
        const char c = cursor_.peek();
        const bool in_route = route.empty() && words_.begins_with_at();
        if (c == '<' && words_.empty()) {
            guess();
        } else if (c == ':' && in_route) {
            route = words_.route();
            words_.clear();
        } else if (c == ':' || (c == ',' && in_route)) {
            words_.append(std::string_view{&c, 1});
        } else {
            return false;
        }
        cursor_.next();
        return true;
    }

    void begin_group() {
        finish_angle();
        if (in_group_ || wants_comma_ || !words_.is_phrase()) guess();
        list_.groups.push_back({words_.phrase(), {}});
        words_.clear();
        comment_.clear();
        in_group_ = true;
        wants_comma_ = false;
        ++count_;
    }

    /// The address in brackets that has just been read, if it is followed by another one.
    void finish_angle() {
        if (!angle_) return;
        guess();
        push(*std::exchange(angle_, {}));
    }

    void finish_address() {
        if (angle_) finish_with_angle();
        else if (!words_.empty()) finish_bare();
        words_.clear();
        comment_.clear();
        is_apart_ = false;
    }
    /// Words behind the brackets are a name that stands in the wrong place, unless they are addresses.
    void finish_with_angle() {
        auto address = *std::exchange(angle_, {});
        if (words_.empty()) return push(std::move(address));
        guess();
        if (!words_.has_at()) address.name.append(address.name.empty() ? "" : " ").append(words_.phrase());
        push(std::move(address));
        if (words_.has_at()) finish_bare();
    }
    void finish_bare() {
        if (words_.is_addr_spec()) return push(words_.address());
        guess();
        if (words_.is_local_part()) return push({{}, {}, words_.phrase(), {}});
        if (!words_.has_at()) return push({words_.phrase(), {}, {}, {}});
        for (auto& address : words_.addresses()) push(std::move(address));
    }

    void push(Address address) {
        if (wants_comma_) guess();
        wants_comma_ = false;
        if (address.name.empty()) address.name = std::exchange(comment_, {});
        if (address == Address{}) return guess();
        if (count_ == max_addresses) return guess();
        const bool begins = list_.groups.empty() || (!in_group_ && list_.groups.back().name);
        if (begins) list_.groups.emplace_back();
        list_.groups.back().members.push_back(std::move(address));
        ++count_;
    }

    text::Cursor cursor_;
    AddressList list_;
    AddressWords words_;            // not used up yet
    std::optional<Address> angle_;  // read, but words behind it may be its name
    std::string comment_;
    std::size_t count_ = 0;
    bool is_apart_ = false;
    bool is_in_brackets_ = false;
    bool in_group_ = false;
    bool wants_comma_ = false;  // behind a group's ';'
    bool quotes_end_ = true;    // false: one had no end
    bool comments_end_ = true;
};

}  // namespace

AddressList parse_address_list(std::string_view value) { return ListReader{value}.read(); }

std::string decoded_name(std::string_view name) { return text::decode_phrase(name); }

std::string addr_spec(const Address& address) {
    if (address.local_part.empty() && address.domain.empty()) return {};
    return to_string(Mailbox{address.local_part, address.domain});
}

}  // namespace mailpipe::mail

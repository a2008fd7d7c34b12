// SPDX-License-Identifier: ISC
#include "mail/received_trace.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "mail/date.hpp"
#include "mail/tls_names.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

enum class Clause { none, from, by, via, with, id, for_whom };

struct Keyword {
    std::string_view name;
    Clause clause;
};
constexpr Keyword keywords[] = {{"from", Clause::from}, {"by", Clause::by}, {"via", Clause::via},
                                {"with", Clause::with}, {"id", Clause::id}, {"for", Clause::for_whom}};

constexpr std::string_view helo_commands[] = {"HELO", "EHLO", "LHLO"};

constexpr std::size_t max_date_octets = 200;
constexpr int max_dates = 10;  // semicolons behind which a date is looked for

bool is_word(char c) {
    constexpr std::string_view ends = "()[]<>,;\"";
    return !text::is_fws(c) && ends.find(c) == std::string_view::npos;
}

std::string address_of(int family, const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> octets{};
    std::array<char, INET6_ADDRSTRLEN> shown{};
    if (::inet_pton(family, text.c_str(), octets.data()) != 1) return {};
    ::inet_ntop(family, octets.data(), shown.data(), shown.size());
    return shown.data();
}

/// "192.0.2.1:25", "IPv6:2001:db8::1", "fe80::1%6"; empty for what is none.
std::string address_of(std::string_view text) {
    constexpr std::string_view tag = "IPv6:";
    if (istarts_with(text, tag)) text.remove_prefix(tag.size());
    const std::string whole{text.substr(0, text.find('%'))};
    if (whole.size() > INET6_ADDRSTRLEN || whole.find('\0') != std::string::npos) return {};
    auto address = address_of(AF_INET, whole.substr(0, whole.find(':')));
    return address.empty() ? address_of(AF_INET6, whole) : address;
}

/// "joe@[192.0.2.1]" comes in two pieces.
std::string_view without_at(std::string_view user) { return user.substr(0, user.size() - (user.ends_with('@') ? 1 : 0)); }

bool is_protocol(std::string_view word) {
    constexpr std::string_view families[] = {"smtp", "lmtp", "http", "imap", "pop3"};
    const auto name = lower(word);
    return std::ranges::any_of(families, [&](std::string_view family) { return name.find(family) != std::string::npos; });
}

/// Of a host; more than one label, so that a note such as "unknown" is none.
bool is_reverse_name(std::string_view word) {
    return word.find('.') != std::string_view::npos && std::ranges::any_of(word, is_alpha) && tls_version(word).empty() &&
           std::ranges::all_of(word, [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

/// A word, or what stands in square brackets, without others around it; empty at the end.
struct Piece {
    std::string_view text;
    bool is_bracketed;
};
/// Precondition: the next octet is '['.
Piece take_bracketed(text::Cursor& cursor) {
    cursor.next();
    const auto inside = trim(cursor.take_while([](char c) { return c != ']' && c != '[' && c != ';'; }));
    const bool is_wrapped = inside.size() > 1 && !is_word(inside.front()) && !is_word(inside.back());
    return {is_wrapped ? inside.substr(1, inside.size() - 2) : inside, true};
}
Piece take_piece(text::Cursor& cursor) {
    while (!cursor.at_end()) {
        if (is_word(cursor.peek())) return {cursor.take_while(is_word), false};
        if (cursor.peek() != '[') {
            cursor.next();
        } else if (const auto piece = take_bracketed(cursor); !piece.text.empty()) {
            return piece;
        }
    }
    return {};
}

class Reader {
public:
    explicit Reader(std::string_view value) : cursor_(value) {}

    ReceivedTrace read() {
        while (!cursor_.at_end()) step();
        return std::move(trace_);
    }

private:
    void step() {
        const char c = cursor_.peek();
        if (c == '(') return take_comment();
        if (c == ';') return take_date();
        if (c == '[') return add(take_bracketed(cursor_));
        const auto word = cursor_.take_while(is_word);
        if (word.empty()) cursor_.next();
        else if (!take_keyword(word)) add({word, false});
    }

    void take_date() {
        cursor_.next();
        if (trace_.date || dates_ == max_dates) return;
        ++dates_;
        const auto date = parse_date(cursor_.rest().substr(0, max_date_octets));
        if (date) trace_.date = *date;
    }

    bool take_keyword(std::string_view word) {
        const auto* keyword = std::ranges::find_if(keywords, [&](const Keyword& k) { return iequals(k.name, word); });
        if (keyword == std::end(keywords)) return false;
        begin(keyword->clause);
        return true;
    }
    void begin(Clause clause) {
        auto& is_begun = begun_[static_cast<std::size_t>(clause)];
        clause_ = is_begun ? Clause::none : clause;
        is_begun = true;
        is_first_ = true;
        awaited_ = nullptr;
    }

    void add(Piece piece) {
        switch (clause_) {
            case Clause::none: break;
            case Clause::from: add_from(piece); break;
            case Clause::by: set(trace_.by, piece); break;
            case Clause::via: set(trace_.via, piece); break;
            case Clause::with: add_with(piece.text); break;
            case Clause::id: set(trace_.id, piece); break;
            case Clause::for_whom:
                if (piece.text.find('@') != std::string_view::npos) set(trace_.recipient, piece);
        }
        is_first_ = false;
    }

    /// The first word is the value, others are notes.
    static void set(std::string& value, Piece piece) {
        if (!value.empty()) return;
        value = piece.is_bracketed ? address_of(piece.text) : std::string{piece.text};
    }

    void add_from(Piece piece) {
        if (is_first_) return set(trace_.from, piece);
        find_tls(piece.text);
        add_tcp_info(piece);
    }

    void add_with(std::string_view words) {
        text::Cursor cursor{words};
        while (!cursor.at_end()) {
            const auto word = take_piece(cursor).text;
            const auto name = word.substr(0, word.find('/'));
            if (name.empty()) continue;
            const bool names_protocol = !has_protocol_ && is_protocol(name);
            if (trace_.with.empty() || names_protocol) trace_.with = name;
            has_protocol_ = has_protocol_ || names_protocol;
            find_tls(word);
        }
    }

    void take_comment() {
        const auto comment = text::take_closed(cursor_, text::take_comment, comments_end_);
        if (!comment) return cursor_.advance(1);
        text::Cursor inside{*comment};
        auto piece = take_piece(inside);
        if (clause_ == Clause::none && iequals(piece.text, "from")) {  // all of the clause is in a comment
            begin(Clause::from);
            add(take_piece(inside));
            piece = take_piece(inside);
        }
        is_first_ = false;
        find_tls_in(*comment);
        if (clause_ != Clause::from || istarts_with(piece.text, "envelope-")) return;
        if (trace_.reverse_name.empty() && !piece.is_bracketed && is_reverse_name(piece.text) && address_of(piece.text).empty()) {
            trace_.reverse_name = piece.text;
        }
        for (; !piece.text.empty(); piece = take_piece(inside)) add_tcp_info(piece);
        awaited_ = nullptr;
    }

    /// TCP-info, and what stands beside it: "name [address]", "HELO name", "helo=name", "ident=user", "user@name".
    void add_tcp_info(Piece piece) {
        if (awaited_ != nullptr) {
            const auto address = address_of(piece.text);
            *std::exchange(awaited_, nullptr) = address.empty() ? std::string{piece.text} : address;
            return;
        }
        const auto equals = piece.text.find_first_of("=:");
        const auto key = piece.text.substr(0, equals);
        if (std::ranges::any_of(helo_commands, [&](std::string_view command) { return iequals(command, key); })) {
            await(trace_.helo, piece, equals);
        } else if (iequals(key, "ident") && equals != std::string_view::npos) {
            await(trace_.ident, piece, equals);
        } else {
            add_address(piece.text);
        }
    }
    /// What is behind the sign, or the next piece.
    void await(std::string& value, Piece piece, std::size_t equals) {
        if (equals != std::string_view::npos && equals + 1 < piece.text.size()) value = without_at(piece.text.substr(equals + 1));
        else awaited_ = &value;
    }
    void add_address(std::string_view text) {
        const auto at = text.rfind('@');
        if (at != std::string_view::npos && trace_.ident.empty()) trace_.ident = without_at(text);
        if (trace_.ip.empty()) trace_.ip = address_of(at == std::string_view::npos ? text : text.substr(at + 1));
    }

    void find_tls_in(std::string_view comment) {
        text::Cursor cursor{comment};
        while (!cursor.at_end()) find_tls(take_piece(cursor).text);
    }
    void find_tls(std::string_view piece) {
        while (!piece.empty()) {
            const auto end = std::min(piece.find_first_of("=:/"), piece.size());
            const auto name = piece.substr(0, end);
            if (trace_.tls_version.empty()) trace_.tls_version = tls_version(name);
            if (trace_.tls_cipher.empty() && is_tls_cipher(name)) trace_.tls_cipher = name;
            piece.remove_prefix(std::min(end + 1, piece.size()));
        }
    }

    text::Cursor cursor_;
    ReceivedTrace trace_;
    Clause clause_ = Clause::none;
    std::array<bool, 7> begun_{};
    int dates_ = 0;
    bool is_first_ = true;            // nothing of the clause has come
    bool has_protocol_ = false;       // trace_.with names one
    bool comments_end_ = true;        // false: one had no end
    std::string* awaited_ = nullptr;  // what the next piece is
};

}  // namespace

ReceivedTrace parse_received(std::string_view value) { return Reader{value}.read(); }

}  // namespace mailpipe::mail

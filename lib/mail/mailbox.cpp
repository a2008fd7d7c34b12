// SPDX-License-Identifier: ISC
#include "mail/mailbox.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/domain.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

constexpr std::size_t max_octets = 254;  // 256 of a path, without "<" and ">"

bool is_qtext(char c) { return !is_control(c) && c != '"' && c != '\\'; }  // qtextSMTP

tl::unexpected<Error> bad(std::size_t position, std::string_view what) {
    return failure({Fault::permanent, fmt::format("octet {} of the address: {}", position + 1, what)});
}

/// Dot-string = Atom *("." Atom)
Result<std::string> parse_dot_string(text::Cursor& cursor) {
    std::string local;
    do {
        if (!local.empty()) local += '.';
        const auto atom = cursor.take_while(text::is_atext);
        if (atom.empty()) return bad(cursor.position(), "a character that needs quoting, or nothing between dots");
        local += atom;
    } while (cursor.take('.'));
    return local;
}

/// Quoted-string = DQUOTE *QcontentSMTP DQUOTE
Result<std::string> parse_quoted_string(text::Cursor& cursor) {
    std::string local;
    cursor.take('"');
    while (!cursor.take('"')) {
        const bool escaped = cursor.take('\\');
        if (cursor.at_end()) return bad(cursor.position(), "the quoted string has no end");
        const char c = cursor.next();
        if (escaped ? (is_control(c) || !is_ascii(c)) : !is_qtext(c)) {
            return bad(cursor.position() - 1, "not allowed in a quoted string");
        }
        local += c;
    }
    return local;
}

Result<std::string> parse_local_part(text::Cursor& cursor) {
    return cursor.peek() == '"' ? parse_quoted_string(cursor) : parse_dot_string(cursor);
}

Result<void> check_octets(std::string_view text) {
    if (text.size() > max_octets) return bad(max_octets, "too long");
    if (!is_utf8(text)) return failure({Fault::permanent, "the address is not UTF-8"});
    return {};
}

}  // namespace

bool is_dot_string(std::string_view text) {
    text::Cursor cursor{text};
    do {
        if (cursor.take_while(text::is_atext).empty()) return false;
    } while (cursor.take('.'));
    return cursor.at_end();
}

bool Mailbox::operator==(const Mailbox& other) const {
    return local_part == other.local_part && iequals(domain, other.domain);
}

Result<Mailbox> parse_mailbox(std::string_view text) {
    if (auto r = check_octets(text); !r) return failure(r.error());
    text::Cursor cursor{text};
    auto local = parse_local_part(cursor);
    if (!local) return failure(std::move(local).error());
    if (!cursor.take('@')) return bad(cursor.position(), "an @ was expected");

    const auto domain = cursor.rest();
    if (!is_domain(domain) && !is_address_literal(domain)) return bad(cursor.position(), "not a domain");
    return Mailbox{std::move(*local), std::string(domain)};
}

Result<Mailbox> parse_address(std::string_view text) {
    if (auto r = check_octets(text); !r) return failure(r.error());
    text::Cursor cursor{text};
    auto local = parse_local_part(cursor);
    if (!local || !cursor.at_end()) return parse_mailbox(text);
    if (local->empty()) return bad(0, "nothing in the quotes");
    return Mailbox{std::move(*local), {}};
}

std::string to_string(const Mailbox& mailbox) {
    std::string out = is_dot_string(mailbox.local_part) ? mailbox.local_part : text::in_quotes(mailbox.local_part);
    if (!mailbox.domain.empty()) out.append(1, '@').append(mailbox.domain);
    return out;
}

bool needs_utf8(const Mailbox& mailbox) { return !all_ascii(mailbox.local_part) || !all_ascii(mailbox.domain); }

}  // namespace mailpipe::mail

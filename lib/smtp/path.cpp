// SPDX-License-Identifier: ISC
#include "smtp/path.hpp"

#include "base/ascii.hpp"
#include "mail/domain.hpp"
#include "text/cursor.hpp"

namespace mailpipe::smtp {

namespace {

constexpr std::size_t max_path_octets = 256;  // RFC 5321 section 4.5.3.1.3

tl::unexpected<Error> bad(std::string_view what) { return failure({Fault::permanent, std::string(what)}); }

/// Goes past a mailbox up to `end`, which a quoted local-part may hold. What is inside is parse_mailbox's business.
std::string_view take_mailbox(text::Cursor& cursor, char end) {
    const auto text = cursor.rest();
    std::size_t size = 0;
    for (bool quoted = false; size < text.size() && (quoted || text[size] != end); ++size) {
        if (text[size] == '"') quoted = !quoted;
        if (text[size] == '\\' && quoted && size + 1 < text.size()) ++size;
    }
    cursor.advance(size);
    return text.substr(0, size);
}

/// A-d-l ":" with A-d-l = At-domain *("," At-domain). Nothing to skip is fine.
Result<void> skip_source_route(text::Cursor& cursor) {
    if (cursor.peek() != '@') return {};
    do {
        if (!cursor.take('@')) return bad("source route: an @ was expected");
        const auto host = cursor.take_while([](char c) { return c != ',' && c != ':' && c != '>'; });
        if (!mail::is_domain(host) && !mail::is_address_literal(host)) return bad("source route: not a domain");
    } while (cursor.take(','));
    if (!cursor.take(':')) return bad("source route without a mailbox");
    return {};
}

/// The mailbox as it stands; empty for "<>". Afterwards the cursor is at the parameters.
Result<std::string_view> take_path(text::Cursor& cursor) {
    cursor.take_while(is_blank);
    const auto begin = cursor.position();
    const bool brackets = cursor.take('<');
    if (brackets) {
        if (auto r = skip_source_route(cursor); !r) return failure(r.error());
    }
    const auto mailbox = take_mailbox(cursor, brackets ? '>' : ' ');
    if (brackets && !cursor.take('>')) return bad("the path has no end");
    if (!brackets && mailbox.empty()) return bad("no address");
    if (cursor.position() - begin > max_path_octets) return bad("the path is too long");
    if (!cursor.at_end() && !is_blank(cursor.peek())) return bad("something stands behind the path");
    return mailbox;
}

}  // namespace

Result<ReversePath> parse_reverse_path(std::string_view text) {
    text::Cursor cursor{text};
    const auto path = take_path(cursor);
    if (!path) return failure(path.error());
    if (path->empty()) return ReversePath{{}, trim(cursor.rest())};
    auto sender = mail::parse_mailbox(*path);
    if (!sender) return failure(std::move(sender).error());
    return ReversePath{std::move(*sender), trim(cursor.rest())};
}

Result<ForwardPath> parse_forward_path(std::string_view text) {
    text::Cursor cursor{text};
    const auto path = take_path(cursor);
    if (!path) return failure(path.error());
    if (path->empty()) return bad("no address");
    if (iequals(*path, "postmaster")) return ForwardPath{{std::string(*path), {}}, trim(cursor.rest())};
    auto recipient = mail::parse_mailbox(*path);
    if (!recipient) return failure(std::move(recipient).error());
    return ForwardPath{std::move(*recipient), trim(cursor.rest())};
}

}  // namespace mailpipe::smtp

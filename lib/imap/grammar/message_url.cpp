// SPDX-License-Identifier: ISC
#include "imap/grammar/message_url.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/grammar/section_spec.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::imap {

namespace {

tl::unexpected<Error> bad(std::string_view what) { return failure({Fault::permanent, "URL: " + std::string(what)}); }

/// Takes what stands before the next "/;" off, and that with it.
std::string_view take_piece(std::string_view& url) {
    const auto end = std::min(url.find("/;"), url.size());
    const auto piece = url.substr(0, end);
    url.remove_prefix(std::min(end + 2, url.size()));
    return piece;
}

/// The value of "UID=20", where `name` is "UID=".
std::optional<std::string_view> value_of(std::string_view piece, std::string_view name) {
    if (!istarts_with(piece, name)) return {};
    return piece.substr(name.size());
}

std::optional<std::uint32_t> nz_number(std::string_view digits) {
    const auto number = to_number<std::uint32_t>(digits);
    return number == 0 ? std::nullopt : number;
}

std::string unescaped(std::string_view text) {
    std::string octets;
    text::append_unescaped(octets, text, '%');
    return octets;
}

/// partial-range: number64 ["." nz-number64]
std::optional<Partial> to_partial(std::string_view range) {
    const auto dot = std::min(range.find('.'), range.size());
    const auto offset = to_number<std::int64_t>(range.substr(0, dot));
    const auto octets = dot < range.size() ? to_number<std::int64_t>(range.substr(dot + 1)) : INT64_MAX;
    if (!offset || *offset < 0 || !octets || *octets <= 0) return {};
    return Partial{static_cast<std::uint64_t>(*offset), static_cast<std::uint64_t>(*octets)};
}

Result<void> read_mailbox(std::string_view piece, MessageUrl& url) {
    const auto semicolon = std::min(piece.find(';'), piece.size());
    if (semicolon < piece.size()) {
        const auto validity = value_of(piece.substr(semicolon + 1), "UIDVALIDITY=");
        url.uid_validity = validity ? nz_number(*validity) : std::nullopt;
        if (!url.uid_validity) return bad("UIDVALIDITY is the only parameter of a mailbox, a number from 1");
    }
    auto mailbox = mailbox_name(unescaped(piece.substr(0, semicolon)), Utf8::on);
    if (!mailbox) return bad(mailbox.error().what);
    if (mailbox->empty()) return bad("no mailbox");
    url.mailbox = *std::move(mailbox);
    return {};
}

Result<Section> read_section(std::string_view value) {
    const auto text = unescaped(value);
    Arguments in{"URL", text, Utf8::off};
    if (text.empty()) in.fail("an empty SECTION");
    auto section = take_section_spec(in);
    return in.finish(std::move(section));
}

}  // namespace

Result<MessageUrl> parse_message_url(std::string_view text) {
    MessageUrl url;
    if (!text.starts_with('/') || text.starts_with("//")) return bad("it does not begin with a mailbox of this server");
    text.remove_prefix(1);
    if (const auto read = read_mailbox(take_piece(text), url); !read) return failure(read.error());

    const auto uid = value_of(take_piece(text), "UID=");
    const auto number = uid ? nz_number(*uid) : std::nullopt;
    if (!number) return bad("no UID, a number from 1");
    url.uid = *number;

    auto piece = take_piece(text);
    if (const auto value = value_of(piece, "SECTION=")) {
        auto section = read_section(*value);
        if (!section) return failure(section.error());
        url.section = *std::move(section);
        piece = take_piece(text);
    }
    if (const auto range = value_of(piece, "PARTIAL=")) {
        url.partial = to_partial(*range);
        if (!url.partial) return bad("PARTIAL is no range of octets");
        piece = take_piece(text);
    }
    if (!piece.empty() || !text.empty()) return bad("unknown or misplaced parts");
    return url;
}

}  // namespace mailpipe::imap

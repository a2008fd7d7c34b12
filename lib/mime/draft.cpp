// SPDX-License-Identifier: ISC
#include "mime/draft.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/address_format.hpp"
#include "mail/date.hpp"
#include "mail/message_id.hpp"
#include "mime/compose.hpp"
#include "mime/content_type.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t max_shown = 76;  // octets of a name in an error

/// What a field's value is: RFC 5322 section 3.6.
enum class Kind : std::uint8_t { text, addresses, identifiers, of_mime };

struct NamedKind {
    std::string_view name;
    Kind kind;
};
constexpr NamedKind kinds[] = {
    {"From", Kind::addresses},          {"Sender", Kind::addresses},         {"Reply-To", Kind::addresses},
    {"To", Kind::addresses},            {"Cc", Kind::addresses},             {"Bcc", Kind::addresses},
    {"Resent-From", Kind::addresses},   {"Resent-Sender", Kind::addresses},  {"Resent-To", Kind::addresses},
    {"Resent-Cc", Kind::addresses},     {"Resent-Bcc", Kind::addresses},     {"Date", Kind::identifiers},
    {"Message-ID", Kind::identifiers},  {"In-Reply-To", Kind::identifiers},  {"References", Kind::identifiers},
    {"Resent-Date", Kind::identifiers}, {"Resent-Message-ID", Kind::identifiers}, {"Return-Path", Kind::identifiers},
    {"Received", Kind::identifiers},    {"MIME-Version", Kind::of_mime},
};

Kind kind_of(std::string_view name) {
    if (istarts_with(name, "Content-")) return Kind::of_mime;
    const auto* found = std::ranges::find_if(kinds, [&](const NamedKind& one) { return iequals(one.name, name); });
    return found == std::end(kinds) ? Kind::text : found->kind;
}

tl::unexpected<Error> bad(std::string_view name, std::string_view what) {
    const auto shown = name.substr(0, std::min<std::size_t>(name.find('\n'), max_shown));
    return failure({Fault::permanent, fmt::format("field {}: {}", for_terminal(shown), what)});
}

Result<std::string> written(std::string_view name, std::string_view value) {
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != value.npos) return bad(name, "a line end or a NUL in it");
    const auto column = name.size() + 2;
    switch (kind_of(name)) {
        case Kind::text: return text::encode_words(value, column);
        case Kind::identifiers:
            if (!all_ascii(value)) return bad(name, "must be ASCII");
            return std::string{value};
        case Kind::of_mime: return bad(name, "is written by itself");
        case Kind::addresses: break;
    }
    const auto addresses = mail::parse_address_list(value);
    if (!addresses.is_valid || addresses.groups.empty()) return bad(name, "not a list of addresses");
    return mail::format_address_list(addresses, column);
}

std::size_t count_fields(const Draft& draft, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(draft.fields, [&](const auto& field) { return iequals(field.first, name); }));
}

/// RFC 5322 section 3.6: which fields may come once only; section 3.6.2: several authors need a sender.
Result<void> check(const Draft& draft) {
    constexpr std::string_view once[] = {"Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Message-ID", "In-Reply-To",
                                         "References", "Subject"};
    for (const auto name : once) {
        if (count_fields(draft, name) > 1) return bad(name, "may stand once only");
    }
    for (const auto& [name, value] : draft.fields) {
        if (!is_utf8(value)) return bad(name, "is not UTF-8");
        if (!iequals(name, "From") || count_fields(draft, "Sender") > 0) continue;
        const auto authors = mail::parse_address_list(value);
        const bool are_several = authors.groups.size() > 1 || (authors.groups.size() == 1 && authors.groups[0].members.size() > 1);
        if (are_several) return bad(name, "several authors need a Sender");
    }
    return {};
}

Result<ComposedPart> text_part(const std::string& text) {
    if (!is_utf8(text)) return failure({Fault::permanent, "the text is not UTF-8"});
    return ComposedPart{fmt::format("text/plain; charset={}", all_ascii(text) ? "us-ascii" : "utf-8"), "", text, Transfer::text};
}

Result<ComposedPart> file_part(const Attachment& file) {
    const auto type = parse_content_type(file.type);
    if (!type.is_valid || type.type == "multipart") {
        const auto what = fmt::format("a file can't be sent as {}/{}: {}", for_terminal(type.type), for_terminal(type.subtype),
                                      for_terminal(file.name.substr(0, file.name.find('\n'))));
        return failure({Fault::permanent, what});
    }
    const auto transfer = type.type == "message" ? Transfer::as_it_stands : Transfer::file;
    return ComposedPart{file.type, "", file.content, transfer, file.name.empty() ? "unnamed" : file.name};
}

}  // namespace

void add_origin(Draft& draft, Time now, std::string_view host) {
    if (count_fields(draft, "Date") == 0) draft.fields.emplace_back("Date", mail::format_date(now));
    if (count_fields(draft, "Message-ID") == 0) draft.fields.emplace_back("Message-ID", mail::new_message_id(now, host));
}

Result<void> write_draft(const Draft& draft, const std::string& boundary, const Sink& sink) {
    if (auto r = check(draft); !r) return r;
    Composition message;
    for (const auto& [name, value] : draft.fields) {
        auto r = written(name, value);
        if (!r) return failure(std::move(r).error());
        message.fields.emplace_back(name, std::move(*r));
    }
    if (!draft.text.empty() || draft.attachments.empty()) {
        auto part = text_part(draft.text);
        if (!part) return failure(std::move(part).error());
        message.parts.push_back(std::move(*part));
    }
    for (const auto& file : draft.attachments) {
        auto part = file_part(file);
        if (!part) return failure(std::move(part).error());
        message.parts.push_back(std::move(*part));
    }
    if (!draft.attachments.empty()) message.subtype = "mixed";
    return write_message(message, boundary, sink);
}

}  // namespace mailpipe::mime

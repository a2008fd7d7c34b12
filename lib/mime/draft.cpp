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
#include "mime/survey.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t max_shown = 76;  // octets of a name in an error

/// What a field's value is: RFC 5322 section 3.6.
enum class Kind : std::uint8_t { text, addresses, mailbox, date, identifiers, structured, of_mime };

struct NamedKind {
    std::string_view name;
    Kind kind;
};
constexpr NamedKind kinds[] = {
    {"From", Kind::addresses},
    {"Sender", Kind::mailbox},
    {"Reply-To", Kind::addresses},
    {"To", Kind::addresses},
    {"Cc", Kind::addresses},
    {"Bcc", Kind::addresses},
    {"Resent-From", Kind::addresses},
    {"Resent-Sender", Kind::mailbox},
    {"Resent-To", Kind::addresses},
    {"Resent-Cc", Kind::addresses},
    {"Resent-Bcc", Kind::addresses},
    {"Resent-Reply-To", Kind::addresses},  // RFC 5322 section 4.5.6
    {"Date", Kind::date},
    {"Resent-Date", Kind::date},
    {"Message-ID", Kind::identifiers},
    {"Resent-Message-ID", Kind::identifiers},
    {"In-Reply-To", Kind::identifiers},
    {"References", Kind::identifiers},
    {"Return-Path", Kind::structured},
    {"Received", Kind::structured},
    {"MIME-Version", Kind::of_mime},
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

std::size_t count_mailboxes(const mail::AddressList& list) {
    std::size_t count = 0;
    for (const auto& group : list.groups) count += group.members.size();
    return count;
}

Result<std::string> written_addresses(std::string_view name, std::string_view value, Kind kind) {
    const auto addresses = mail::parse_address_list(value);
    if (!addresses.is_valid || addresses.groups.empty()) return bad(name, "not a list of addresses");
    const bool is_one = count_mailboxes(addresses) == 1 && !addresses.groups[0].name;
    if (kind == Kind::mailbox && !is_one) return bad(name, "must be one address");
    return mail::format_address_list(addresses, name.size() + 2);
}

Result<std::string> written_date(std::string_view name, std::string_view value) {
    auto date = mail::standard_date(value);
    if (!date) return bad(name, date.error().what);
    return date;
}

bool has_blank_in_brackets(std::string_view value) {
    bool is_inside = false;
    return std::ranges::any_of(value, [&](char c) {
        is_inside = c == '<' || (is_inside && c != '>');
        return is_inside && is_blank(c);
    });
}

Result<std::string> written_identifiers(std::string_view name, std::string_view value) {
    const bool is_sound = value.find('<') != value.npos && !has_blank_in_brackets(value);
    if (!is_sound || mail::parse_message_ids(value).empty()) return bad(name, "must be an identifier like <left@right>");
    return mail::with_blanks_between(value);
}

Result<std::string> written_as(Kind kind, std::string_view name, std::string_view value) {
    switch (kind) {
        case Kind::text: return text::encode_words(value, name.size() + 2);
        case Kind::addresses:
        case Kind::mailbox: return written_addresses(name, value, kind);
        case Kind::date: return written_date(name, value);
        case Kind::identifiers: return written_identifiers(name, value);
        case Kind::structured: return std::string{value};
        case Kind::of_mime: break;
    }
    return bad(name, "is written by itself");
}

Result<std::string> written(std::string_view name, std::string_view value) {
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != value.npos) return bad(name, "a line end or a NUL in it");
    auto text = written_as(kind_of(name), name, value);
    if (!text) return text;
    if (!all_ascii(*text)) return bad(name, "must be ASCII");
    if (std::ranges::any_of(*text, [](char c) { return is_control(c) && c != '\t' && c != '\n'; })) {
        return bad(name, "a control character in it");
    }
    return text;
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
        if (count_mailboxes(mail::parse_address_list(value)) > 1) return bad(name, "several authors need a Sender");
    }
    return {};
}

Result<ComposedPart> text_part(const std::string& text) {
    if (!is_utf8(text)) return failure({Fault::permanent, "the text is not UTF-8"});
    return ComposedPart{fmt::format("text/plain; charset={}", all_ascii(text) ? "us-ascii" : "utf-8"), "", text, Transfer::text};
}

/// RFC 2046 section 5.2: no message is encoded, and those of kinds that few know are 7bit.
bool may_go_unencoded(const ContentType& type, std::string_view content) {
    const auto most = type.is_message() ? TransferEncoding::eight_bit : TransferEncoding::seven_bit;
    return survey(content, Lines::any).kind() <= most;
}

Result<ComposedPart> file_part(const Attachment& file) {
    const auto type = parse_content_type(file.type);
    if (!type.is_valid || type.type == "multipart") {
        const auto what = fmt::format("a file can't be sent as {}: {}", for_terminal(type.name()),
                                      for_terminal(file.name.substr(0, file.name.find('\n'))));
        return failure({Fault::permanent, what});
    }
    const auto name = file.name.empty() ? "unnamed" : file.name;
    if (type.type != "message") return ComposedPart{file.type, "", file.content, Transfer::file, name};
    if (may_go_unencoded(type, file.content)) return ComposedPart{file.type, "", file.content, Transfer::unencoded, name};
    return ComposedPart{"application/octet-stream", "", file.content, Transfer::file, name};
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

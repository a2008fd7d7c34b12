// SPDX-License-Identifier: ISC
#include "imap/message/envelope.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.hpp"
#include "imap/grammar/string.hpp"
#include "mail/address_list.hpp"
#include "mail/header.hpp"

namespace mailpipe::imap {

namespace {

enum Member { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id, members };
constexpr std::array<std::string_view, members> names{"Date", "Subject", "From", "Sender",      "Reply-To",
                                                      "To",   "Cc",      "Bcc",  "In-Reply-To", "Message-ID"};

using Fields = std::array<std::optional<std::string_view>, members>;

Fields read_fields(std::string_view header) {
    Fields fields;
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        const auto* const known = std::ranges::find_if(names, [&](std::string_view name) { return iequals(name, field->name); });
        if (known == names.end()) continue;
        auto& value = fields[static_cast<std::size_t>(known - names.begin())];
        if (!value) value = field->value;
    }
    return fields;
}

std::optional<std::string> text_or_nil(const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; }

/// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")". Without a host it would mark a group: then an
/// empty one.
void append_address(std::string& out, const mail::Address& address) {
    out += '(';
    append_nstring(out, text_or_nil(address.name));
    out += ' ';
    append_nstring(out, text_or_nil(address.route));
    out += ' ';
    append_string(out, address.local_part);
    out += ' ';
    append_string(out, address.domain);
    out += ')';
}

void append_group(std::string& out, const mail::Group& group) {
    if (group.name) {
        out += "(NIL NIL ";
        append_string(out, *group.name);
        out += " NIL)";
    }
    for (const auto& address : group.members) append_address(out, address);
    if (group.name) out += "(NIL NIL NIL NIL)";
}

/// "(" 1*address ")" / nil
std::string addresses(std::optional<std::string_view> value) {
    std::string list;
    if (!value) return "NIL";
    for (const auto& group : mail::parse_address_list(*value).groups) append_group(list, group);
    return list.empty() ? "NIL" : "(" + list + ")";
}

void append_text(std::string& out, std::optional<std::string_view> value) {
    append_nstring(out, value ? std::optional{mail::unfold(*value)} : std::nullopt);
}

}  // namespace

void append_envelope(std::string& out, std::string_view header) {
    const auto fields = read_fields(header);
    out += '(';
    append_text(out, fields[date]);
    out += ' ';
    append_text(out, fields[subject]);
    const auto authors = addresses(fields[from]);
    for (const auto member : {from, sender, reply_to, to, cc, bcc}) {
        const auto list = member == from ? authors : addresses(fields[member]);
        const bool is_author = list == "NIL" && (member == sender || member == reply_to);
        out.append(" ").append(is_author ? authors : list);
    }
    for (const auto member : {in_reply_to, message_id}) {
        out += ' ';
        append_text(out, fields[member]);
    }
    out += ')';
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/message/envelope.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "imap/grammar/string.hpp"
#include "mail/address_list.hpp"
#include "mail/header.hpp"

namespace mailpipe::imap {

namespace {

enum Member { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id, members };
constexpr std::array<std::string_view, members> names{"Date", "Subject", "From", "Sender",      "Reply-To",
                                                      "To",   "Cc",      "Bcc",  "In-Reply-To", "Message-ID"};

/// Of each field the first; of destination fields all, as one list: RFC 5322 section 4.5.3.
using Fields = std::vector<std::pair<Member, std::string_view>>;

bool is_destination(Member member) { return member == to || member == cc || member == bcc; }

std::optional<std::string_view> find_first(const Fields& fields, Member member) {
    const auto found = std::ranges::find(fields, member, &Fields::value_type::first);
    return found == fields.end() ? std::nullopt : std::optional{found->second};
}

Fields read_fields(std::string_view header) {
    Fields fields;
    std::array<bool, members> has{};
    mail::HeaderReader reader{header.substr(mail::mbox_line_octets(header))};
    while (const auto field = reader.next()) {
        const auto* const known = std::ranges::find_if(names, [&](std::string_view name) {
            return name.size() == field->name.size() && iequals(name, field->name);
        });
        if (known == names.end()) continue;
        const auto member = static_cast<Member>(known - names.begin());
        if (is_destination(member) || !has[member]) fields.emplace_back(member, field->value);
        has[member] = true;
    }
    return fields;
}

void append_text_or_nil(std::string& out, const std::string& text) {
    if (text.empty()) out += "NIL";
    else append_string(out, text);
}

/// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")". Without a host it would mark a group: then an
/// empty one.
void append_address(std::string& out, const mail::Address& address) {
    out += '(';
    append_text_or_nil(out, address.name);
    out += ' ';
    append_text_or_nil(out, address.route);
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

/// "(" 1*address ")" / nil. True for addresses.
bool append_addresses(std::string& out, const Fields& fields, Member member) {
    const auto begin = out.size();
    out += '(';
    for (const auto& [one, value] : fields) {
        if (one != member) continue;
        for (const auto& group : mail::parse_address_list(value).groups) append_group(out, group);
    }
    const bool has_addresses = out.size() > begin + 1;
    if (has_addresses) out += ')';
    else out.replace(begin, 1, "NIL");
    return has_addresses;
}

void append_text(std::string& out, std::optional<std::string_view> value) {
    if (value) append_string(out, mail::unfold(*value));
    else out += "NIL";
}

}  // namespace

void append_envelope(std::string& out, std::string_view header) {
    const auto fields = read_fields(header);
    out += '(';
    append_text(out, find_first(fields, date));
    out += ' ';
    append_text(out, find_first(fields, subject));
    out += ' ';
    const auto authors = out.size();
    append_addresses(out, fields, from);
    const auto authors_octets = out.size() - authors;
    for (const auto member : {sender, reply_to, to, cc, bcc}) {
        const auto begin = (out += ' ').size();
        const bool is_author = !append_addresses(out, fields, member) && (member == sender || member == reply_to);
        if (is_author) out.replace(begin, std::string::npos, std::string{out, authors, authors_octets});
    }
    for (const auto member : {in_reply_to, message_id}) {
        out += ' ';
        append_text(out, find_first(fields, member));
    }
    out += ')';
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/message/envelope.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "imap/grammar/string.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::array<std::string_view, Envelope::members> names{"Date", "Subject", "From", "Sender",      "Reply-To",
                                                                "To",   "Cc",      "Bcc",  "In-Reply-To", "Message-ID"};

bool has_addresses(Envelope::Member member) { return member >= Envelope::from && member <= Envelope::bcc; }
bool is_destination(Envelope::Member member) { return member >= Envelope::to && member <= Envelope::bcc; }

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
bool append_addresses(std::string& out, const std::vector<mail::AddressList>& lists) {
    const auto begin = out.size();
    out += '(';
    for (const auto& list : lists) {
        for (const auto& group : list.groups) append_group(out, group);
    }
    const bool is_any = out.size() > begin + 1;
    if (is_any) out += ')';
    else out.replace(begin, 1, "NIL");
    return is_any;
}

void append_text(std::string& out, std::optional<std::string_view> value) {
    if (value) append_string(out, mail::unfold(*value));
    else out += "NIL";
}

}  // namespace

void Envelope::add(const mail::Field& field) {
    const auto* const known = std::ranges::find_if(names, [&](std::string_view name) {
        return name.size() == field.name.size() && iequals(name, field.name);
    });
    if (known == names.end()) return;
    const auto member = static_cast<Member>(known - names.begin());
    const bool is_first = !values_[member];
    if (is_first) values_[member] = field.value;
    if (has_addresses(member) && (is_first || is_destination(member))) lists_[member].push_back(mail::parse_address_list(field.value));
}

const mail::AddressList* Envelope::addresses(Member member) const {
    return lists_[member].empty() ? nullptr : &lists_[member].front();
}

void Envelope::append_to(std::string& out) const {
    out += '(';
    append_text(out, values_[date]);
    out += ' ';
    append_text(out, values_[subject]);
    out += ' ';
    const auto authors = out.size();
    append_addresses(out, lists_[from]);
    const auto authors_octets = out.size() - authors;
    for (const auto member : {sender, reply_to, to, cc, bcc}) {
        const auto begin = (out += ' ').size();
        const bool is_author = !append_addresses(out, lists_[member]) && (member == sender || member == reply_to);
        if (is_author) out.replace(begin, std::string::npos, std::string{out, authors, authors_octets});
    }
    for (const auto member : {in_reply_to, message_id}) {
        out += ' ';
        append_text(out, values_[member]);
    }
    out += ')';
}

void append_envelope(std::string& out, std::string_view header) {
    Envelope envelope;
    mail::HeaderReader reader{header.substr(mail::mbox_line_octets(header))};
    while (const auto field = reader.next()) envelope.add(*field);
    envelope.append_to(out);
}

}  // namespace mailpipe::imap

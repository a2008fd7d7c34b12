// SPDX-License-Identifier: ISC
// What becomes of a header in a summary.
#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "base/clock.hpp"
#include "imap/message/envelope.hpp"
#include "imap/search/sort_keys.hpp"
#include "imap/search/summary.hpp"
#include "imap/search/summary_layout.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mime/content.hpp"

namespace mailpipe::imap {

namespace {

/// The first of each known field, by its place.
using FirstFields = std::array<std::optional<std::string_view>, std::numeric_limits<FieldSet>::digits>;

std::string_view value_of(const FirstFields& first, std::string_view name) {
    return first[*field_place(name)].value_or(std::string_view{});
}

/// The sections `places` and `fields`.
class Keeping {
public:
    void keep(unsigned field, std::string_view text) {
        const auto begin = fields_.size();
        mime::WireText{}.append(text, fields_);
        if (!fields_.ends_with('\n')) fields_ += "\r\n";
        if (fields_.size() - begin > max_kept_field_octets || fields_.size() > max_kept_octets) {
            fields_.resize(begin);
            left_out_ |= FieldSet{1} << field;
            return;
        }
        const layout::Place place{static_cast<std::uint16_t>(field), static_cast<std::uint16_t>(begin),
                                  static_cast<std::uint16_t>(fields_.size())};
        places_.append(reinterpret_cast<const char*>(&place), sizeof place);
    }

    const std::string& places() const { return places_; }
    const std::string& fields() const { return fields_; }
    FieldSet left_out() const { return left_out_; }

private:
    std::string places_;
    std::string fields_;
    FieldSet left_out_ = 0;
};

/// The last ones are the nearest ancestors; the first one names the thread.
std::string references_of(const std::vector<std::string>& ids) {
    std::string hashes;
    const auto left_out = ids.size() - std::min(ids.size(), max_kept_references);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i > 0 && i <= left_out) continue;
        const auto hash = hash_of_id(ids[i]);
        hashes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
    }
    return hashes;
}

/// RFC 5256 section 3, REFERENCES.
std::string references_of(const FirstFields& first) {
    const auto ids = mail::parse_message_ids(value_of(first, "references"));
    if (!ids.empty()) return references_of(ids);
    auto parents = mail::parse_message_ids(value_of(first, "in-reply-to"));
    parents.resize(std::min<std::size_t>(parents.size(), 1));
    return references_of(parents);
}

std::uint64_t message_id_of(const FirstFields& first) {
    const auto ids = mail::parse_message_ids(value_of(first, "message-id"));
    return ids.empty() ? 0 : hash_of_id(ids.front());
}

std::string text_of(const Envelope& envelope) {
    std::string text;
    text.reserve(512);
    envelope.append_to(text);
    return text.size() > max_kept_octets ? std::string{} : text;
}

AddressKeys keys_of(const Envelope& envelope, Envelope::Member member) {
    const auto* const list = envelope.addresses(member);
    return list == nullptr ? AddressKeys{} : address_keys(*list);
}

void note_date(layout::Head& head, std::string_view value) {
    const auto sent = mail::parse_sent_date(value);
    if (!sent) return;
    head.flags |= layout::has_sent;
    head.sent = unix_seconds(sent->time);
    head.sent_day = sent->day.time_since_epoch().count();
}

FirstFields read_fields(std::string_view header, Keeping& keeping, Envelope& envelope) {
    FirstFields first;
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        const auto place = field_place(field->name);
        if (!place) continue;
        if (!first[*place]) first[*place] = field->value;
        envelope.add(*field);
        keeping.keep(*place, header.substr(field->begin, field->end - field->begin));
    }
    return first;
}

}  // namespace

std::string make_summary(std::string_view header) {
    header.remove_prefix(mail::mbox_line_octets(header));
    Keeping keeping;
    Envelope envelope;
    const auto first = read_fields(header, keeping, envelope);
    const auto subject = subject_key(value_of(first, "subject"));
    const auto from = keys_of(envelope, Envelope::from);
    const auto to = keys_of(envelope, Envelope::to);
    const auto cc = keys_of(envelope, Envelope::cc);

    layout::Head head;
    head.magic = layout::magic;
    head.version = summary_version;
    head.left_out = keeping.left_out();
    head.message_id = message_id_of(first);
    if (subject.is_reply) head.flags |= layout::is_reply;
    note_date(head, value_of(first, "date"));
    const auto references = references_of(first);
    const auto envelope_text = text_of(envelope);
    const std::array<std::string_view, layout::sections> sections{
        subject.base, from.mailbox, to.mailbox, cc.mailbox, from.display, to.display, references, keeping.places(), keeping.fields(),
        envelope_text};
    std::string summary(sizeof head, '\0');
    summary.reserve(sizeof head + keeping.fields().size() + 2 * envelope_text.size() + references.size());
    for (std::size_t i = 0; i < sections.size(); ++i) {
        summary += sections[i];
        head.ends[i] = static_cast<std::uint32_t>(summary.size());
    }
    std::memcpy(summary.data(), &head, sizeof head);
    return summary;
}

}  // namespace mailpipe::imap

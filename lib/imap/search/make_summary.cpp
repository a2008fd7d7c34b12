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

constexpr std::size_t max_id_octets = 1000;
constexpr std::size_t max_references_octets = 16 * 1024;

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

void append_id(std::string& ids, const std::string& id) { ids.append(id) += '\n'; }

/// The last ones are the nearest ancestors; the first one names the thread.
std::string references_of(const std::vector<std::string>& ids) {
    const auto octets = [](const std::string& id) { return id.size() + 1; };
    std::string kept;
    if (ids.empty() || octets(ids.front()) > max_id_octets) return kept;
    auto room = max_references_octets - octets(ids.front());
    auto from = ids.end();
    for (; from - ids.begin() > 1 && octets(*(from - 1)) <= std::min(room, max_id_octets); --from) room -= octets(*(from - 1));
    append_id(kept, ids.front());
    std::for_each(from, ids.end(), [&](const std::string& id) { append_id(kept, id); });
    return kept;
}

/// RFC 5256 section 3, REFERENCES.
std::string references_of(const FirstFields& first) {
    const auto ids = mail::parse_message_ids(value_of(first, "references"));
    if (!ids.empty()) return references_of(ids);
    auto parents = mail::parse_message_ids(value_of(first, "in-reply-to"));
    parents.resize(std::min<std::size_t>(parents.size(), 1));
    return references_of(parents);
}

std::string message_id_of(const FirstFields& first) {
    const auto ids = mail::parse_message_ids(value_of(first, "message-id"));
    return ids.empty() || ids.front().size() > max_id_octets ? std::string{} : ids.front();
}

std::string envelope_of(std::string_view header) {
    std::string envelope;
    append_envelope(envelope, header);
    return envelope.size() > max_kept_octets ? std::string{} : envelope;
}

void note_date(layout::Head& head, std::string_view value) {
    const auto sent = mail::parse_sent_date(value);
    if (!sent) return;
    head.flags |= layout::has_sent;
    head.sent = unix_seconds(sent->time);
    head.sent_day = static_cast<std::int32_t>(sent->day.time_since_epoch().count());
}

FirstFields read_fields(std::string_view header, Keeping& keeping) {
    FirstFields first;
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        const auto place = field_place(field->name);
        if (!place) continue;
        if (!first[*place]) first[*place] = field->value;
        keeping.keep(*place, header.substr(field->begin, field->end - field->begin));
    }
    return first;
}

}  // namespace

std::string make_summary(std::string_view header) {
    header.remove_prefix(mail::mbox_line_octets(header));
    Keeping keeping;
    const auto first = read_fields(header, keeping);
    const auto subject = subject_key(value_of(first, "subject"));
    const auto from = address_keys(value_of(first, "from"));
    const auto to = address_keys(value_of(first, "to"));
    const auto cc = address_keys(value_of(first, "cc"));

    layout::Head head;
    head.magic = layout::magic;
    head.version = summary_version;
    head.left_out = keeping.left_out();
    if (subject.is_reply) head.flags |= layout::is_reply;
    note_date(head, value_of(first, "date"));
    const std::array<std::string, layout::sections> sections{
        keeping.places(), keeping.fields(), envelope_of(header), subject.base, from.mailbox, to.mailbox,
        cc.mailbox,       from.display,     to.display,          message_id_of(first), references_of(first)};
    std::string summary(sizeof head, '\0');
    for (std::size_t i = 0; i < sections.size(); ++i) {
        summary += sections[i];
        head.ends[i] = static_cast<std::uint32_t>(summary.size());
    }
    std::memcpy(summary.data(), &head, sizeof head);
    return summary;
}

}  // namespace mailpipe::imap

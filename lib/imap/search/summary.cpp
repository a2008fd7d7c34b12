// SPDX-License-Identifier: ISC
#include "imap/search/summary.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "imap/search/summary_layout.hpp"

namespace mailpipe::imap {

namespace {

std::string_view section(std::string_view text, layout::Section which) {
    return layout::section_of(text, layout::head_of(text), which);
}

bool are_places_sound(std::string_view places, std::size_t octets) {
    if (places.size() % sizeof(layout::Place) != 0) return false;
    std::size_t last = 0;
    for (std::size_t i = 0; i < places.size() / sizeof(layout::Place); ++i) {
        const auto place = layout::place_of(places, i);
        if (place.field >= known_fields().size() || place.begin < last || place.end < place.begin) return false;
        last = place.end;
    }
    return last <= octets;
}

}  // namespace

std::optional<Summary> read_summary(std::string_view text) {
    if (text.size() < sizeof(layout::Head)) return {};
    const auto head = layout::head_of(text);
    if (head.magic != layout::magic || head.version != summary_version || head.reserved != 0) return {};
    const bool are_ascending = head.ends.front() >= sizeof head && std::ranges::is_sorted(head.ends);
    if (!are_ascending || head.ends.back() != text.size()) return {};
    return Summary{text};
}

std::optional<std::int64_t> Summary::sent() const {
    const auto head = layout::head_of(text_);
    return head.flags & layout::has_sent ? std::optional{head.sent} : std::nullopt;
}

std::optional<std::int32_t> Summary::sent_day() const {
    const auto head = layout::head_of(text_);
    return head.flags & layout::has_sent ? std::optional{static_cast<std::int32_t>(head.sent_day)} : std::nullopt;
}

std::string_view Summary::key(Key key) const {
    return section(text_, static_cast<layout::Section>(layout::subject + static_cast<std::size_t>(key)));
}

bool Summary::is_reply() const { return (layout::head_of(text_).flags & layout::is_reply) != 0; }

std::string_view Summary::envelope() const { return section(text_, layout::envelope); }

std::uint64_t hash_of_id(std::string_view id) { return id.empty() ? 0 : std::max<std::uint64_t>(hash64(id), 1); }

std::uint64_t References::operator[](std::size_t index) const { return layout::reference_of(octets_, index); }

std::uint64_t Summary::message_id() const { return layout::head_of(text_).message_id; }

References Summary::references() const { return References{section(text_, layout::references)}; }

bool Summary::has_all(FieldSet fields) const { return (layout::head_of(text_).left_out & fields) == 0; }

KeptFields Summary::fields() const {
    const auto head = layout::head_of(text_);
    const auto places = layout::section_of(text_, head, layout::places);
    const auto fields = layout::section_of(text_, head, layout::fields);
    if (!are_places_sound(places, fields.size())) return {{}, {}};
    return {places, fields};
}

std::size_t KeptFields::size() const { return places_.size() / sizeof(layout::Place); }

KeptField KeptFields::operator[](std::size_t index) const {
    const auto place = layout::place_of(places_, index);
    return {place.field, text_.substr(place.begin, place.end - std::size_t{place.begin})};
}

void Summary::append_fields(std::string& out, FieldSet fields) const {
    const auto kept = this->fields();
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const auto field = kept[i];
        if (fields >> field.place & 1) out += field.text;
    }
}

}  // namespace mailpipe::imap

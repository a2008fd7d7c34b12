// SPDX-License-Identifier: ISC
// How a summary stands in its string: Head, then its sections without gaps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace mailpipe::imap::layout {

/// The keys are in the order of Summary::Key, and first: SORT and THREAD look at nothing else, of many messages.
enum Section : std::size_t { subject, from, to, cc, display_from, display_to, references, places, fields, envelope, sections };

constexpr std::uint8_t has_sent = 1;
constexpr std::uint8_t is_reply = 2;

struct Head {
    std::uint64_t left_out = 0;  ///< a FieldSet
    std::uint64_t message_id = 0;
    std::int64_t sent = 0;
    std::int64_t sent_day = 0;
    std::array<std::uint32_t, sections> ends{};  ///< in the whole string
    std::uint8_t version = 0;
    std::uint8_t flags = 0;
    std::uint16_t reserved = 0;  ///< 0
    std::uint32_t magic = 0;
};
static_assert(std::has_unique_object_representations_v<Head>);
constexpr std::uint32_t magic = 0x7375'6d31;

/// One of the section `places`: a field, and where in the section `fields` it stands.
struct Place {
    std::uint16_t field;
    std::uint16_t begin;
    std::uint16_t end;
};

/// Precondition: `text` has a Head.
inline Head head_of(std::string_view text) {
    Head head;
    std::memcpy(&head, text.data(), sizeof head);
    return head;
}

/// Precondition: `text` has its Head, and `head.ends` are sound.
inline std::string_view section_of(std::string_view text, const Head& head, Section section) {
    const std::size_t begin = section == 0 ? sizeof head : head.ends[section - 1];
    return text.substr(begin, head.ends[section] - begin);
}

/// One of the section `references`.
inline std::uint64_t reference_of(std::string_view references, std::size_t index) {
    std::uint64_t id = 0;
    std::memcpy(&id, references.data() + index * sizeof id, sizeof id);
    return id;
}

inline Place place_of(std::string_view places, std::size_t index) {
    Place place;
    std::memcpy(&place, places.data() + index * sizeof place, sizeof place);
    return place;
}

}  // namespace mailpipe::imap::layout

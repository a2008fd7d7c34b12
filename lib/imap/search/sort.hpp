// SPDX-License-Identifier: ISC
// SORT: RFC 5256 section 3, with SORT=DISPLAY (RFC 5957).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imap/grammar/search.hpp"
#include "imap/search/found.hpp"

namespace mailpipe::imap {

/// Of a subject as SORT compares it. Who makes two with one mark mixes up their order, and nothing else.
struct SubjectMark {
    std::uint64_t hash = 0;                    ///< of all of it
    std::array<std::uint64_t, 3> beginning{};  ///< its first 24 octets, eight in a number, the first one on top
};
SubjectMark mark_of(std::string_view subject_key);

/// What SORT wants of most headers, found without a summary of all that is in one.
struct SortFields {
    std::optional<std::int64_t> sent;  ///< seconds since 1970
    std::string subject;               ///< as SORT compares it
};
SortFields read_sort_fields(std::string_view header);

/// What SORT compares of a message before it looks at its summary.
struct Sortable {
    std::int64_t arrival;  ///< the internal date, in seconds since 1970
    std::int64_t sent;     ///< that where there is no other: RFC 5256 section 2.2
    std::uint64_t octets;
    SubjectMark subject;
};

using KeyOf = std::function<std::string_view(std::uint32_t place, Summary::Key key)>;

/// Places in `messages`, in their order; of two criteria with one key the first counts; `messages` come in the mailbox's, which
/// decides where all else is equal. `key_of` is asked where that does not do. Time: about that of reading the
/// keys' octets, as far as they are alike.
std::vector<std::uint32_t> sorted(std::span<const Sortable> messages, std::span<const SortCriterion> criteria, const KeyOf& key_of);
std::vector<std::uint32_t> sorted(std::span<const Found> messages, std::span<const SortCriterion> criteria);

/// One of them compares what stands in summaries only.
bool needs_summaries(std::span<const SortCriterion> criteria);
bool has(std::span<const SortCriterion> criteria, SortKey key);

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
// A search program: search-key of RFC 9051 section 6.4.4, RFC 5032 (WITHIN), RFC 7162 (MODSEQ), RFC 8514 (SAVEDATE) and
// RFC 8474 (EMAILID, THREADID).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/grammar/sequence_set.hpp"

namespace mailpipe::imap {

struct SearchKey {
    enum class Kind : std::uint8_t {
        // Of others: `operands` keys follow, each with its own.
        all_of, any_of, none_of,  ///< "(…)", OR, NOT (one operand)
        // Of what the index knows.
        all,
        flag,        ///< `text` is a flag, "\Seen", or a keyword; `is_wanted` says whether it has to be there
        recent,      ///< `is_wanted`
        numbers,     ///< `numbers`, sequence numbers
        uids,        ///< `numbers`
        saved,       ///< "$": RFC 9051 section 6.4.4.1
        larger, smaller,                                 ///< `number` octets
        older, younger,                                  ///< `number` seconds
        modified_since,                                  ///< `number` is a mod-sequence
        before, on, since,                               ///< `date`, of the internal date
        saved_before, saved_on, saved_since,             ///< `date`
        save_date_supported,
        email_id, thread_id,                             ///< `text`
        // Of the header.
        sent_before, sent_on, sent_since,                ///< `date`
        header,      ///< field `field` has `text` in it; with an empty one, is there
        // Of the whole message.
        body, text,  ///< `text`
    };
    Kind kind;
    bool is_wanted = true;
    std::uint32_t operands = 0;
    std::string field{};        ///< in lower case; FROM, SUBJECT … are "from", "subject" …
    std::string text{};         ///< UTF-8
    std::uint64_t number = 0;
    std::int64_t date = 0;      ///< days since 1970-01-01
    NumberSet numbers{};        ///< with "*" as it came

    bool operator==(const SearchKey&) const = default;
};

/// In prefix order: {all_of 2} {flag \Seen} {any_of 2} {body x} {body y}. The first one is the whole.
using SearchProgram = std::vector<SearchKey>;

constexpr std::size_t max_search_keys = 1000;
constexpr std::size_t max_search_depth = 100;

}  // namespace mailpipe::imap

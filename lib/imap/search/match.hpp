// SPDX-License-Identifier: ISC
// SEARCH: does a message match (RFC 9051 section 6.4.4)? In stages, so that what costs little decides first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imap/grammar/flag.hpp"
#include "imap/grammar/search_key.hpp"
#include "imap/search/field_set.hpp"
#include "imap/search/summary.hpp"
#include "imap/search/text_search.hpp"

namespace mailpipe::imap {

/// What the index knows of a message.
struct MessageFacts {
    static constexpr std::uint8_t bit(SystemFlag flag) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(flag)); }

    std::uint32_t sequence;
    std::uint32_t uid;
    std::uint8_t flags = 0;           ///< bit() of each
    bool is_recent = false;
    std::uint64_t keywords = 0;       ///< bits, by SearchScope::keywords
    std::int64_t internal_date = 0;   ///< seconds since 1970; its day is that of UTC
    std::uint64_t octets = 0;
    std::uint64_t modseq = 0;
    std::optional<std::int64_t> save_date{};  ///< without one its internal date counts: RFC 8514 section 4.3
    std::string_view email_id{};
};

/// What it knows of the mailbox.
struct SearchScope {
    std::int64_t now = 0;                     ///< seconds since 1970: for RFC 5032
    std::uint32_t largest_sequence = 0;
    std::uint32_t largest_uid = 0;
    std::span<const std::string> keywords{};  ///< in any case; of more than 64 the first ones
    NumberSet saved_uids{};                   ///< "$"
    bool has_save_dates = false;
};

enum class Verdict : std::uint8_t { no, yes, unknown };

/// Made once for a command; then each message in its turn: match_facts(), and for as long as the verdict is unknown
/// match_summary() or match_header(), and match_message().
class Matcher {
public:
    /// Precondition: each key of `program` has its operands; so parsers make it.
    Matcher(const SearchProgram& program, const SearchScope& scope);

    Verdict match_facts(const MessageFacts& facts);
    /// Unknown where a field is asked for that the summary does not have, or the body.
    Verdict match_summary(const Summary& summary);
    /// The header may go on with a body. Unknown where the body is asked for.
    Verdict match_header(std::string_view header);
    /// Never unknown. Takes time in proportion to the message and to how many strings are looked for.
    Verdict match_message(std::string_view message);

private:
    struct Key {
        SearchKey::Kind kind;
        bool is_wanted;
        std::uint32_t operands;
        std::size_t end;                 // behind it and all of its operands
        std::uint64_t number = 0;        // also the bits of a flag
        bool is_keyword = false;
        std::int64_t date = 0;
        NumberSet numbers{};
        std::string field{};
        std::optional<unsigned> place{};  // of the field
        std::optional<SearchText> text{};
        std::string id{};
    };

    void prepare(Key& key, const SearchKey& asked, const SearchScope& scope);
    bool matches_facts(const Key& key, const MessageFacts& facts) const;
    Verdict by_summary(const Key& key, const Summary& summary) const;
    Verdict by_header(const Key& key, std::string_view header) const;
    template <typename Judge>
    void judge_open(const Judge& judge);
    Verdict operator_verdict(std::size_t index) const;
    Verdict evaluate();

    std::vector<Key> keys_;
    std::vector<Verdict> verdicts_;
    std::int64_t now_;
    bool has_save_dates_;
};

}  // namespace mailpipe::imap

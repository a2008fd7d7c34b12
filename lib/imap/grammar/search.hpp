// SPDX-License-Identifier: ISC
// SEARCH, SORT, THREAD and ESEARCH: RFC 9051 section 6.4.4, RFC 5256, RFC 5267, RFC 5957, RFC 7377, with the return options of
// RFC 4731, RFC 5182, RFC 5267 and RFC 9394.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imap/grammar/fetch.hpp"
#include "imap/grammar/mailbox_filter.hpp"
#include "imap/grammar/partial_range.hpp"
#include "imap/grammar/search_key.hpp"

namespace mailpipe::imap {

struct SearchReturn {
    bool is_given = false;  ///< the answer is an ESEARCH even before ENABLE IMAP4rev2
    bool min = false, max = false, all = false, count = false;
    bool save = false;
    std::optional<PartialRange> partial{};
    bool context = false;  ///< a hint, which changes nothing but that no result is asked for by it alone
    bool update = false;
    std::vector<FetchItem> update_items{};  ///< of messages that come into the result later: RFC 5465 section 8

    bool operator==(const SearchReturn&) const = default;
};

struct SearchRequest {
    SearchReturn wanted{};  ///< RETURN () asks for `all`, as no RETURN does
    std::string charset{};
    bool is_charset_known = true;  ///< else NO [BADCHARSET (US-ASCII UTF-8)]: the program is empty then
    SearchProgram program{};       ///< see take_search_program

    bool operator==(const SearchRequest&) const = default;
};

enum class SortKey : std::uint8_t { arrival, cc, date, from, size, subject, to, display_from, display_to };

struct SortCriterion {
    SortKey key;
    bool is_reverse = false;

    bool operator==(const SortCriterion&) const = default;
};

struct SortRequest {
    std::vector<SortCriterion> criteria{};  ///< each key once: the second time it says nothing
    SearchRequest search{};
};

struct ThreadRequest {
    enum class Algorithm : std::uint8_t { ordered_subject, references, refs };

    Algorithm algorithm = Algorithm::references;
    SearchRequest search{};
};

/// ESEARCH of RFC 7377, in several mailboxes.
struct MultiSearchRequest {
    std::vector<MailboxFilter> sources{};  ///< none: the selected mailbox
    SearchRequest search{};
};

/// In UTF-8 mode CHARSET is still allowed, which departs from RFC 6855 section 3: RFC 9051 section 6.4.4 has it there.
Result<SearchRequest> parse_search(const Command& command);
Result<SortRequest> parse_sort(const Command& command);
Result<ThreadRequest> parse_thread(const Command& command);
Result<MultiSearchRequest> parse_multi_search(const Command& command, Utf8 utf8);

}  // namespace mailpipe::imap

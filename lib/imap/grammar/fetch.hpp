// SPDX-License-Identifier: ISC
// FETCH: RFC 9051 section 6.4.5, RFC 3516 (BINARY), RFC 7162 (MODSEQ, CHANGEDSINCE, VANISHED), RFC 8474 (EMAILID, THREADID),
// RFC 8514 (SAVEDATE), RFC 8970 (PREVIEW), RFC 9394 (PARTIAL).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/grammar/command.hpp"
#include "imap/grammar/partial_range.hpp"
#include "imap/grammar/section.hpp"
#include "imap/grammar/sequence_set.hpp"

namespace mailpipe::imap {

struct FetchItem {
    enum class Kind : std::uint8_t {
        flags, internal_date, envelope, body, body_structure, uid, mod_seq, email_id, thread_id, save_date,
        preview,  ///< with LAZY or without: it is always there
        rfc822_size,
        rfc822, rfc822_header, rfc822_text,  ///< as body_section: `section` and `is_peek` say what they mean
        body_section,                        ///< "BODY[…]", "BODY.PEEK[…]"
        binary,                              ///< "BINARY[…]", "BINARY.PEEK[…]"; of `section` only `part`
        binary_size,
    };
    Kind kind;
    bool is_peek = false;  ///< \Seen is not set by it
    Section section{};
    std::optional<Partial> partial{};

    bool operator==(const FetchItem&) const = default;
};

struct FetchRequest {
    MessageSet messages{};
    std::vector<FetchItem> items{};  ///< in the order asked, ALL, FAST and FULL as what they stand for; UID FETCH has uid in it
    std::optional<std::uint64_t> changed_since{};
    bool vanished = false;
    std::optional<PartialRange> partial{};

    bool operator==(const FetchRequest&) const = default;
};

constexpr std::size_t max_fetch_items = 1000;

/// Errors: permanent, for BAD: VANISHED without UID or CHANGEDSINCE is one, more than max_fetch_items another.
Result<FetchRequest> parse_fetch(const Command& command);

/// "(" fetch-att *(SP fetch-att) ")", as NOTIFY has it, too.
std::vector<FetchItem> take_fetch_items(Arguments& in);

/// How a response calls it: "BODY[HEADER.FIELDS (From To)]<0>", where "<0.2048>" of it was asked for.
void append_name(std::string& out, const FetchItem& item);

}  // namespace mailpipe::imap

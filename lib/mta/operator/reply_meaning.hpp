// SPDX-License-Identifier: ISC
// What a reply that refuses or defers mail means, in plain words, and what can be done about it: RFC 3463, the codes registered since,
// and what big providers say in their own words. A table: reply_meaning_table.cpp.
#pragma once

#include <span>
#include <string_view>

namespace mailpipe::mta {

struct Meaning {
    std::string_view cause;   ///< one or two sentences; never empty
    std::string_view remedy;  ///< the same
};

/// `enhanced` as "5.7.1", or empty; `text` and `site` (the next hop's name) may be whatever a stranger sent. What no row of the
/// table is about gets the meaning of its class and subject (RFC 3463 sections 2 and 3).
Meaning reply_meaning(int code, std::string_view enhanced, std::string_view text, std::string_view site);

enum class Provider { any, google, microsoft, yahoo, apple };

/// A row is meant by a reply when all that it names fits; the first such row counts.
struct MeaningRow {
    Provider provider;
    std::string_view details;  ///< subject and detail, "7.28", several parted by '|'; with a class before them ("4.7.28") only that;
                               ///< "7." is all of a subject; empty: any
    std::string_view words;    ///< one of these, parted by '|', in any case of letters, is in the text; empty: any
    Meaning meaning;
};

std::span<const MeaningRow> meaning_table();

}  // namespace mailpipe::mta

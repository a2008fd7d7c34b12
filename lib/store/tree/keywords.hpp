// SPDX-License-Identifier: ISC
// dovecot-keywords of a folder: which keyword stands behind which letter, 'a' to 'z', in the names of its messages.
// Courier's courierimapkeywords/ at a first visit.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

constexpr std::size_t max_keywords = 26;
constexpr std::size_t max_keyword_octets = 255;

class Keywords {
public:
    /// Lines that break the rules are left out; of two for one index, or one keyword, the first counts.
    static Keywords parse(std::string_view text);
    std::string to_text() const;

    /// Whatever the case of ASCII letters.
    std::optional<unsigned> find(std::string_view keyword) const;
    /// Its index, a new one where it has none. Errors: permanent; ENOSPC when all 26 are taken (NO [LIMIT]), EINVAL for
    /// what is no keyword: empty, too long, or with what can't stand in an IMAP atom.
    Result<unsigned> add(std::string_view keyword);
    /// Empty where nothing stands behind the index.
    const std::string& name(unsigned index) const { return names_[index]; }
    bool empty() const;

    bool operator==(const Keywords&) const = default;

private:
    std::array<std::string, max_keywords> names_;
};

/// Nothing in it where there is no file. Needs no lock.
Result<Keywords> read_keywords(const Fd& folder);
/// Precondition: lock_uid_map() is held. A new file in the old one's place, durable, younger than the old one by a
/// second at least: others look at its time.
Result<void> write_keywords(const Fd& folder, const Keywords& keywords);

/// Which keywords Courier has for which message, by base name: what ":list" says, and later changes, each in a file of
/// its own. Empty where there is none. It is for a folder that has no dovecot-keywords yet; the caller renames the
/// messages.
using CourierKeywords = std::vector<std::pair<std::string, std::vector<std::string>>>;
CourierKeywords parse_courier_keywords(std::string_view list);
Result<CourierKeywords> read_courier_keywords(const Fd& folder);

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
// What a folder is for (RFC 6154): by its well-known name, or as a client has said with CREATE … USE or SETMETADATA.
// That is kept in the root's `mailpipe-specialuse`: a line a folder, "[<attribute> …]<directory>"; one without an
// attribute has none, whatever its name.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/tree/mailbox_name.hpp"

namespace mailpipe::store {

struct WellKnownFolder {
    std::string_view name;  ///< of a folder at the top (behind the prefix), whatever its case
    std::string_view use;   ///< "\Drafts"
};
/// Drafts, Sent, Junk, Trash, Archive, and what clients call them in English.
std::span<const WellKnownFolder> well_known_folders();

/// "\Drafts" as RFC 6154 section 2 spells it, whatever the case; empty for what a Maildir folder can't be (\All,
/// \Flagged are virtual) or nobody knows.
std::string_view special_use(std::string_view attribute);

class SpecialUses {
public:
    explicit SpecialUses(NameRules rules, std::span<const WellKnownFolder> known = well_known_folders())
        : rules_(std::move(rules)), known_(known) {}

    /// Adds what the file says. Lines that break the rules are left out.
    void parse(std::string_view text);
    std::string to_text() const;

    /// The attributes of this folder, in RFC 6154's spelling. By its name only as long as no folder has been given that
    /// use.
    std::vector<std::string> of(std::string_view name) const;

    /// What of these special_use() knows; no other folder keeps one of them.
    void set(std::string_view name, const std::vector<std::string>& attributes);
    /// As if nothing had been said of it.
    void forget(std::string_view name);
    /// With all that is below it.
    void rename(std::string_view from, std::string_view to);

private:
    NameRules rules_;
    std::span<const WellKnownFolder> known_;
    std::map<std::string, std::vector<std::string>, std::less<>> given_;  // by directory
};

Result<SpecialUses> read_special_uses(const Fd& root, const NameRules& rules);
/// Precondition: the TreeLock is held. Durable.
Result<void> write_special_uses(const Fd& root, const SpecialUses& uses);
/// Sets what `name` is for; durable. Errors: permanent, EINVAL, for what special_use() does not know (NO [USEATTR]).
Result<void> set_special_uses(const Fd& root, const NameRules& rules, std::string_view name,
                              const std::vector<std::string>& attributes);

}  // namespace mailpipe::store

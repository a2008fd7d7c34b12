// SPDX-License-Identifier: ISC
// `mailpipe-expunged` beside the index: which UID went at which mod-sequence, for those who were away (RFC 7162). A cache
// like the index: what it does not know has to be taken for gone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/fd.hpp"

namespace mailpipe::store {

class ExpungeLog {
public:
    static constexpr std::size_t max_entries = 65'536;  ///< then the older half is dropped

    /// The directory must outlive it.
    explicit ExpungeLog(const Fd& directory) : directory_(directory) {}

    /// An empty log: of what went before `modseq` it knows nothing.
    void begin(std::uint64_t modseq) const;
    /// These went at `modseq`. Needs the lock. A log that can't be written, or is torn, begins anew: it has no gaps.
    void append(std::span<const std::uint32_t> uids, std::uint64_t modseq) const;

    struct Expunged {
        std::uint32_t uid;
        std::uint64_t modseq;
    };
    /// After a crash, with all that the index knows to be expunged and the highest mod-sequence: what the log lacks of it
    /// is appended. Needs the lock.
    void complete(std::vector<Expunged> expunged, std::uint64_t highest_modseq) const;

    /// The highest mod-sequence that it has; 0: it knows nothing.
    std::uint64_t last() const;

    /// What went after `modseq`, ascending. Nothing where it does not reach back so far.
    std::optional<std::vector<std::uint32_t>> since(std::uint64_t modseq) const;

private:
    const Fd& directory_;
};

}  // namespace mailpipe::store

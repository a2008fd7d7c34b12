// SPDX-License-Identifier: ISC
// What has not fitted into whose mailbox: sendq, which hears it from deliver, writes it down; smtpd, which may not look
// into mailboxes, refuses by it. Manual: spool(5), FULL MAILBOXES.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "queue/spool.hpp"

namespace mailpipe::queue {

/// The smallest message that did not fit, as the file of that user in full/ has it.
struct FullMark {
    std::uint64_t octets;  ///< W= of spool(5)
    std::int64_t time;     ///< unix seconds

    /// So long a mark holds: then the mailbox is tried again, whose user may have tidied up.
    static constexpr std::chrono::hours lifetime{1};
    bool is_fresh(std::int64_t now) const;
};

/// For a message that a client announces with so many octets (0: it does not say): has one that became no larger than
/// it will be not fitted, within the last hour? One system call where nothing is known of the user.
bool is_full_for(const Spool& spool, std::string_view user, std::uint64_t octets, Time now);

class FullMailboxes {
public:
    /// Both are borrowed.
    FullMailboxes(const Spool& spool, const Clock& clock) : spool_(spool), clock_(clock) {}

    /// Learns what other hosts, and runs before, have written, and takes marks away that hold no longer.
    Result<void> refresh();
    bool empty() const { return marks_.empty(); }

    /// A message of so many octets (W=) did not fit. Errors: transient; nobody needs to be kept waiting for that.
    Result<void> add(std::string_view user, std::uint64_t octets);
    /// One did: a mark of that size or a smaller one is taken away. No system call where none is known.
    void remove(std::string_view user, std::uint64_t octets);

private:
    const Spool& spool_;
    const Clock& clock_;
    std::map<std::string, FullMark> marks_;  // by file name
};

}  // namespace mailpipe::queue

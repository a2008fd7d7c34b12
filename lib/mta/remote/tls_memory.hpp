// SPDX-License-Identifier: ISC
// How safe a domain's hosts have been: what was seen once is not undercut later. Manual: spool(5), TLS.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

/// What was proven at some time, the safer the higher.
enum class SeenTls { plain, encrypted, verified };
/// "plain", "encrypted", "verified": as the files have it.
std::string_view to_string(SeenTls level);

/// Shared by all who use the spool: every question reads the domain's file, so that what another process or host has seen
/// counts at once.
class TlsMemory {
public:
    /// A level counts for so long after it was seen last.
    static constexpr std::chrono::hours lifetime{30 * 24};

    /// Both are borrowed.
    TlsMemory(const queue::Spool& spool, const Clock& clock) : spool_(spool), clock_(clock) {}

    /// Domains in any spelling: U-labels or A-labels, capitals or not. What can't be read or understood counts as plain.
    SeenTls level(std::string_view domain) const;
    /// Writes it down where it is higher than what is known, or as high and that is older than a day. What is lower changes
    /// nothing: it lapses in time. Errors: transient.
    Result<void> saw(std::string_view domain, SeenTls level);
    /// Removes what no longer counts, and what an interrupted saw() has left; only once a day, whoever of those who share the spool
    /// comes first. Errors: transient; some may be gone then.
    Result<void> sweep();

private:
    struct Seen {
        SeenTls level = SeenTls::plain;
        std::int64_t time = 0;  // unix seconds
    };
    Seen read(const std::string& name) const;

    const queue::Spool& spool_;
    const Clock& clock_;
};

}  // namespace mailpipe::mta

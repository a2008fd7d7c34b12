// SPDX-License-Identifier: ISC
// How safe a domain's hosts have been: what was seen once is not undercut later. Manual: spool(5), TLS.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

/// What was proven at some time, the safer the higher.
enum class SeenTls { plain, encrypted, verified };

class TlsMemory {
public:
    /// A level counts for so long after it was seen last.
    static constexpr std::chrono::hours lifetime{30 * 24};

    /// Both are borrowed. Files are read when a domain is asked for.
    TlsMemory(const queue::Spool& spool, const Clock& clock) : spool_(spool), clock_(clock) {}

    SeenTls level(std::string_view domain) const;
    /// Writes it down where it is higher than what is known, or that is older than a day. Errors: transient.
    Result<void> saw(std::string_view domain, SeenTls level);

private:
    struct Seen {
        SeenTls level;
        std::int64_t time;  // unix seconds
    };
    const queue::Spool& spool_;
    const Clock& clock_;
    mutable std::map<std::string, Seen, std::less<>> seen_;
};

}  // namespace mailpipe::mta

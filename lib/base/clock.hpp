// SPDX-License-Identifier: ISC
// Wall-clock time behind an interface, so that tests can let five days pass in a second.
#pragma once

#include <chrono>
#include <string>

namespace mailpipe {

using Time = std::chrono::system_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

/// The host's clock.
const Clock& system_clock();

/// Whole seconds since 1970, as file systems and Maildir names count them.
std::int64_t unix_seconds(Time time);

/// "2026-11-21T20:53:22.123456Z" (RFC 3339, UTC, microseconds).
std::string rfc3339(Time time);

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
// A clock that stands still until it is set.
#pragma once

#include "base/clock.hpp"

namespace mailpipe::test {

class FakeClock final : public Clock {
public:
    explicit FakeClock(std::int64_t unix_seconds = 1'700'000'000) { set(unix_seconds); }

    Time now() const override { return time_; }
    void set(std::int64_t unix_seconds) { time_ = Time{std::chrono::seconds{unix_seconds}}; }
    void advance(std::chrono::seconds by) { time_ += by; }

private:
    Time time_;
};

}  // namespace mailpipe::test

// SPDX-License-Identifier: ISC
#include "base/clock.hpp"

#include <ctime>

#include <fmt/format.h>

namespace mailpipe {

namespace {
class SystemClock final : public Clock {
public:
    Time now() const override { return std::chrono::system_clock::now(); }
};
}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::int64_t unix_seconds(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string rfc3339(Time time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - whole).count();
    const std::time_t seconds = unix_seconds(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                       utc.tm_hour, utc.tm_min, utc.tm_sec, micros);
}

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
// Who works on what: a message is claimed by renaming it into the claimer's own directory. Manual: spool(5), CLAIMS.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "queue/file_name.hpp"
#include "queue/spool.hpp"

namespace mailpipe::queue {

class Claims {
public:
    /// A claimer of another host is dead when it has not touched its directory for so long, by the file system's clock.
    static constexpr std::chrono::minutes silence{30};
    static constexpr std::chrono::minutes touch_interval{1};

    /// Makes work/<host>.<pid>.<start time>/, which goes with the object. `host` as of unique_name().
    static Result<Claims> open(const Spool& spool, std::string_view host, Time now);
    Claims(Claims&&) noexcept = default;
    Claims& operator=(Claims&&) = delete;
    ~Claims();

    const Fd& directory() const { return directory_; }

    /// False: somebody else was faster. Errors: transient. Where another host has taken us for dead, and our directory
    /// away, it is made again.
    Result<bool> take(const Fd& from, const std::string& file_name);
    /// Into cur/, to be tried at `due`.
    Result<void> put_back(const FileName& name, std::int64_t due) const;
    /// Into hold/, where it stays until someone looks at it.
    Result<void> hold(const std::string& file_name) const;
    /// The message is done.
    Result<void> remove(const FileName& name) const;

    /// Says that we live, at most once per touch_interval. Whoever holds a claim calls it between any two waits for a peer,
    /// or other hosts take us for dead after `silence` and deliver the same messages.
    void touch();
    /// Puts what dead claimers left back into cur/, due now. Returns how many messages that were.
    Result<std::size_t> recover(Time now);

private:
    Claims(const Spool& spool, std::string host, std::string own_name);
    bool is_dead(const std::string& claimer, std::time_t now) const;
    Result<std::time_t> file_system_time();
    bool has_directory() const;
    Result<void> make_directory();

    const Spool* spool_;
    std::string host_;
    std::string own_name_;
    Fd directory_;
    std::chrono::steady_clock::time_point touched_{};
};

}  // namespace mailpipe::queue

// SPDX-License-Identifier: ISC
// A lock that is a file beside what it protects, with Dovecot's rules of when one is stale: it works between hosts
// that share a file system, and with Dovecot itself.
#pragma once

#include <chrono>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

/// For those who wait for a lock: 1 ms at first, then longer, up to 20 to 40 ms, different from process to process: they do
/// not meet again and again.
class Pause {
public:
    void operator()();
    /// True the first time, and then about once in 200 ms: to look whether the lock's owner is gone.
    bool is_time_to_look();

private:
    long milliseconds_ = 1;
    long waited_ = 0;
};

class Dotlock {
public:
    /// Whose lock is it? That of a process of this host as long as it runs; else, as from here nobody can tell, that
    /// of whoever touched it less than `stale` ago.
    enum class Owner {
        process,  ///< Dovecot's rule: a running process keeps it, touched or not
        toucher,  ///< a running process has to touch it too: its number may be somebody else's by now
    };
    struct Rules {
        std::chrono::milliseconds wait;  ///< how long to try; 0: once
        std::chrono::seconds stale;
        Owner owner = Owner::process;
    };

    /// Creates `file`.lock in `directory`, which must outlive the lock. A lock of this host whose process is gone
    /// is taken over after two seconds. Errors: EAGAIN, transient, when another holds it all the time.
    static Result<Dotlock> take(const Fd& directory, const std::string& file, Rules rules);

    Dotlock(Dotlock&&) noexcept = default;
    Dotlock& operator=(Dotlock&&) = delete;
    /// Removes the lock, unless somebody has taken it over.
    ~Dotlock();

    /// Tells others that it is in use: before `stale` is half over. Errors: it may be lost by now.
    Result<void> touch();

private:
    Dotlock(const Fd& directory, std::string name, Fd file)
        : directory_(directory.number()), name_(std::move(name)), file_(std::move(file)) {}

    int directory_;  // borrowed
    std::string name_;
    Fd file_;
};

}  // namespace mailpipe::store

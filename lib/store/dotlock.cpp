// SPDX-License-Identifier: ISC
#include "store/dotlock.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <optional>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/number.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

namespace {

constexpr auto pid_grace = 2s;  // a lock so young is believed, whatever it says

std::string this_host() {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return name;
}

/// The process that "pid:host" names, if the host is this one.
std::optional<pid_t> local_owner(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    auto host = text.substr(colon + 1);
    if (host.ends_with('\n')) host.remove_suffix(1);
    const auto pid = to_number<pid_t>(text.substr(0, colon));
    if (!pid || *pid <= 0 || host != this_host()) return {};
    return pid;
}

/// The time where the locks' times come from: a file server's clock may be minutes from ours.
std::time_t file_system_time(const Fd& directory) {
    const Fd unnamed{::openat(directory.number(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    if (const auto now = status(unnamed)) return now->st_mtime;
    const auto name = fmt::format(".clock.{}.{}", this_host(), ::getpid());
    if (const auto file = create_exclusive_at(directory, name)) {
        const auto now = status(*file);
        (void)unlink_at(directory, name);
        if (now) return now->st_mtime;
    }
    return std::time(nullptr);
}

bool is_stale(const Fd& lock, std::chrono::seconds age, const Dotlock::Rules& rules) {
    if (age <= pid_grace) return false;
    const auto text = read_all(lock, 512);
    const auto owner = text ? local_owner(*text) : std::nullopt;
    if (!owner) return age > rules.stale;
    // Our own number, but not our lock: it is from before a restart.
    if (*owner == ::getpid() || (::kill(*owner, 0) < 0 && errno == ESRCH)) return true;
    return rules.owner == Dotlock::Owner::toucher && age > rules.stale;
}

/// Empty, when the disk is full: then only its age counts.
void write_owner(const Fd& lock) { (void)write_all(lock, fmt::format("{}:{}", ::getpid(), this_host())); }

/// A lock that has its owner in it before it has its name: one that is killed in between leaves nothing. Invalid where the
/// file system has no unnamed files (NFS).
Fd make_unnamed(const Fd& directory) {
    Fd lock{::openat(directory.number(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    if (lock) write_owner(lock);
    return lock;
}

Result<Fd> give_name(Fd& unnamed, const Fd& directory, const std::string& name) {
    (void)::futimens(unnamed.number(), nullptr);  // it may have waited
    return link_open_file(unnamed, directory, name).map([&] { return std::move(unnamed); });
}

/// Known by its age alone until its owner is in it.
Result<Fd> make_named(const Fd& directory, const std::string& name) {
    Fd lock{::openat(directory.number(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!lock) return failure(system_error(errno, "create lock " + name));
    write_owner(lock);
    return lock;
}

/// Removes the lock if it is stale. True when trying again at once makes sense.
bool break_stale(const Fd& directory, const std::string& name, const Dotlock::Rules& rules) {
    const Fd lock{::openat(directory.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!lock) return errno == ENOENT;
    // Two that find the same stale lock: the one that gets the flock removes it; for the other it is another file then.
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) return false;
    const auto mine = status(lock);
    if (!mine) return false;
    const std::chrono::seconds age{file_system_time(directory) - mine->st_mtime};
    if (!is_stale(lock, age, rules)) return false;
    const auto named = status_at(directory, name);
    if (!named || named->st_ino != mine->st_ino || named->st_dev != mine->st_dev) return true;
    return ::unlinkat(directory.number(), name.c_str(), 0) == 0;
}

}  // namespace

void Pause::operator()() {
    const timespec time{0, milliseconds_ * 1'000'000 + (::getpid() * 7919L) % 100 * 10'000 * milliseconds_};
    ::nanosleep(&time, nullptr);
    waited_ += milliseconds_;
    milliseconds_ = std::min(2 * milliseconds_, 20L);
}

bool Pause::is_time_to_look() {
    if (waited_ != 0 && waited_ < 200) return false;
    waited_ = 1;
    return true;
}

Result<Dotlock> Dotlock::take(const Fd& directory, const std::string& file, Rules rules) {
    std::string name = file + ".lock";
    const auto until = std::chrono::steady_clock::now() + rules.wait;
    Pause pause;
    for (Fd unnamed = make_unnamed(directory);;) {
        auto lock = unnamed ? give_name(unnamed, directory, name) : make_named(directory, name);
        if (lock) return Dotlock{directory, std::move(name), std::move(*lock)};
        if (lock.error().number != EEXIST && unnamed) {  // no /proc
            unnamed = Fd{};
            continue;
        }
        if (lock.error().number != EEXIST) return failure(lock.error());
        if (pause.is_time_to_look() && break_stale(directory, name, rules)) continue;
        if (std::chrono::steady_clock::now() >= until) {
            return failure({Fault::transient, name + " is held by another process", {}, EAGAIN});
        }
        pause();
    }
}

Dotlock::~Dotlock() {
    if (!file_) return;
    struct stat mine {
    }, named{};
    if (::fstat(file_.number(), &mine) < 0 || ::fstatat(directory_, name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    if (mine.st_ino == named.st_ino && mine.st_dev == named.st_dev) ::unlinkat(directory_, name_.c_str(), 0);
}

Result<void> Dotlock::touch() {
    if (::futimens(file_.number(), nullptr) == 0) return {};
    return failure(system_error(errno, "touch lock " + name_));
}

}  // namespace mailpipe::store

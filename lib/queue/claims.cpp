// SPDX-License-Identifier: ISC
#include "queue/claims.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/number.hpp"

namespace mailpipe::queue {

namespace {

/// Field 22 of /proc/PID/stat: when the process started, in clock ticks since the host did. Nothing: it can't be read.
std::optional<std::string> start_time(std::string_view process) {
    constexpr int fields_after_name = 20;
    const auto text = read_file(fmt::format("/proc/{}/stat", process), 4096);
    if (!text) return {};
    std::string_view rest = *text;
    rest.remove_prefix(std::min(rest.rfind(')') + 1, rest.size()));  // the name may have blanks and parentheses in it
    for (int field = 0; field < fields_after_name; ++field) rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
    return std::string{rest.substr(0, rest.find(' '))};
}

struct Claimer {
    std::string_view host, process, started;
    pid_t pid = 0;
};

/// One that exists and can't be looked at (hidepid, ProtectProc) lives.
bool lives(const Claimer& claimer) {
    if (::kill(claimer.pid, 0) != 0 && errno == ESRCH) return false;
    const auto started = start_time(claimer.process);
    return !started || *started == claimer.started;
}

/// Of "<host>.<pid>.<start time>"; the host may have dots.
std::optional<Claimer> parse_claimer(std::string_view name) {
    const auto second = name.rfind('.');
    if (second == std::string_view::npos || second == 0) return {};
    const auto first = name.rfind('.', second - 1);
    if (first == std::string_view::npos || first == 0) return {};
    Claimer claimer{name.substr(0, first), name.substr(first + 1, second - first - 1), name.substr(second + 1)};
    const auto process = parse_number(claimer.process, "pid");
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max());
    if (!process || *process == 0 || *process > most || !parse_number(claimer.started, "time")) return {};
    claimer.pid = static_cast<pid_t>(*process);
    return claimer;
}

Error transient(Error error) {
    error.fault = Fault::transient;
    return error;
}

/// Puts what is in that directory back into cur/, due now, and removes it.
Result<std::size_t> take_over(const Spool& spool, const std::string& claimer, Time now) {
    auto directory = open_directory_at(spool.claims(), claimer);
    if (!directory) return std::size_t{0};  // somebody else has done it
    std::vector<std::string> names;
    auto scanned = scan_directory(*directory, [&](const DirectoryEntry& entry) {
        names.emplace_back(entry.name);
        return true;
    });
    if (!scanned) return failure(scanned.error());
    std::size_t taken = 0;
    for (const auto& name : names) {
        auto parsed = parse_file_name(name);
        if (!parsed && name.front() == '.') ::unlinkat(directory->number(), name.c_str(), 0);  // half a copy
        if (!parsed) continue;
        parsed->due = unix_seconds(now);
        if (rename_at(*directory, name, spool.waiting(), to_string(*parsed))) ++taken;
    }
    ::unlinkat(spool.claims().number(), claimer.c_str(), AT_REMOVEDIR);
    return taken;
}

}  // namespace

Claims::Claims(const Spool& spool, std::string host, std::string own_name)
    : spool_(&spool), host_(std::move(host)), own_name_(std::move(own_name)) {}

Claims::~Claims() {
    if (directory_) ::unlinkat(spool_->claims().number(), own_name_.c_str(), AT_REMOVEDIR);
}

Result<Claims> Claims::open(const Spool& spool, std::string_view host, Time now) {
    const auto started = start_time("self");
    if (!started) return failure({Fault::transient, "can't read /proc/self/stat", ExitStatus::unavailable});
    Claims claims{spool, std::string{host}, fmt::format("{}.{}.{}", host, ::getpid(), *started)};
    auto made = claims.make_directory();
    if (!made && made.error().number == EEXIST) {  // of a process that was like us, before the host's last start
        if (auto taken = take_over(spool, claims.own_name_, now); !taken) return failure(taken.error());
        made = claims.make_directory();
    }
    if (!made) return failure(made.error());
    return claims;
}

bool Claims::has_directory() const {
    const auto st = status_at(spool_->claims(), own_name_);
    return st || st.error().number != ENOENT;
}

Result<void> Claims::make_directory() {
    if (::mkdirat(spool_->claims().number(), own_name_.c_str(), 0700) != 0) {
        return failure(system_error(errno, fmt::format("make {}/work/{}", spool_->path(), own_name_)));
    }
    auto directory = open_directory_at(spool_->claims(), own_name_);
    if (!directory) return failure(directory.error());
    directory_ = std::move(*directory);
    return {};
}

Result<bool> Claims::take(const Fd& from, const std::string& file_name) {
    auto renamed = rename_at(from, file_name, directory_, file_name);
    if (!renamed && renamed.error().number == ENOENT && !has_directory()) {
        if (auto made = make_directory(); !made) return failure(transient(made.error()));
        renamed = rename_at(from, file_name, directory_, file_name);
    }
    if (renamed) return true;
    if (renamed.error().number == ENOENT) return false;
    return failure(transient(renamed.error()));
}

Result<void> Claims::put_back(const FileName& name, std::int64_t due) const {
    auto later = name;
    later.due = due;
    return rename_at(directory_, to_string(name), spool_->waiting(), to_string(later));
}

Result<void> Claims::hold(const std::string& file_name) const {
    return rename_at(directory_, file_name, spool_->held(), file_name);
}

Result<void> Claims::remove(const FileName& name) const { return unlink_at(directory_, to_string(name)); }

void Claims::touch() {
    const auto now = std::chrono::steady_clock::now();
    if (now - touched_ < touch_interval) return;
    touched_ = now;
    ::futimens(directory_.number(), nullptr);
}

bool Claims::is_dead(const std::string& name, std::time_t now) const {
    const auto claimer = parse_claimer(name);
    if (!claimer) return false;
    if (claimer->host == host_) return !lives(*claimer);
    const auto st = status_at(spool_->claims(), name);
    return st && now - st->st_mtime > std::chrono::seconds{silence}.count();
}

/// The time where the directories' times come from: hosts' clocks may differ.
Result<std::time_t> Claims::file_system_time() {
    if (!has_directory()) {
        if (auto made = make_directory(); !made) return failure(transient(made.error()));
    }
    if (::futimens(directory_.number(), nullptr) != 0) return failure(system_error(errno, "touch our claims"));
    const auto st = status(directory_);
    if (!st) return failure(st.error());
    return st->st_mtime;
}

Result<std::size_t> Claims::recover(Time now) {
    std::vector<std::string> dead;
    const auto touched = file_system_time();
    if (!touched) return failure(touched.error());
    auto scanned = scan_directory(spool_->claims(), [&](const DirectoryEntry& entry) {
        const std::string name{entry.name};
        if (name != own_name_ && is_dead(name, *touched)) dead.push_back(name);
        return true;
    });
    if (!scanned) return failure(scanned.error());
    std::size_t taken = 0;
    for (const auto& claimer : dead) {
        const auto n = take_over(*spool_, claimer, now);
        if (!n) return failure(n.error());
        taken += *n;
    }
    return taken;
}

}  // namespace mailpipe::queue

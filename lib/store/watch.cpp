// SPDX-License-Identifier: ISC
#include "store/watch.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/process.hpp"

namespace mailpipe::store {

namespace {

constexpr int max_reads = 64;  // a drain; what is left wakes the next wait

/// Tells of the next change in the directory, and of no other.
bool arm(const Fd& directory) { return ::fcntl(directory.number(), F_NOTIFY, DN_CREATE | DN_DELETE | DN_RENAME) == 0; }

Fd open_signals() {
    sigset_t taken;
    sigemptyset(&taken);
    // The kernel sends SIGIO where the queue for SIGRTMIN is full.
    for (const int signal : {SIGRTMIN, SIGIO}) {
        hold_back(signal);
        sigaddset(&taken, signal);
    }
    return Fd{::signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC)};
}

}  // namespace

bool Watch::add_inotify(Id id, const Fd& directory) {
    if (!inotify_) inotify_ = Fd{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (!inotify_) return false;
    constexpr std::uint32_t events = IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR;
    const auto path = fmt::format("/proc/self/fd/{}", directory.number());
    const int watch = ::inotify_add_watch(inotify_.number(), path.c_str(), events);
    if (watch >= 0) noted_.push_back({id, watch});
    return watch >= 0;
}

bool Watch::add_dnotify(Id id, const Fd& directory) {
    if (!signals_) signals_ = open_signals();
    auto opened = open_directory_at(directory, ".");
    if (!signals_ || !opened) return false;
    if (::fcntl(opened->number(), F_SETSIG, SIGRTMIN) != 0 || !arm(*opened)) return false;
    held_.push_back({id, std::move(*opened), true});
    return true;
}

Watch::Means Watch::add_all(Id id, std::initializer_list<const Fd*> directories) {
    if (best_ == Means::inotify) {
        if (std::ranges::all_of(directories, [&](const Fd* directory) { return add_inotify(id, *directory); })) return Means::inotify;
        remove(id);
    }
    if (best_ != Means::none) {
        if (std::ranges::all_of(directories, [&](const Fd* directory) { return add_dnotify(id, *directory); })) return Means::dnotify;
        remove(id);
    }
    return Means::none;
}

Watch::Means Watch::add(Id id, const Fd& new_directory, const Fd& cur_directory) {
    return add_all(id, {&new_directory, &cur_directory});
}

Watch::Means Watch::add(Id id, const Fd& directory) { return add_all(id, {&directory}); }

void Watch::remove(Id id) {
    std::erase_if(held_, [&](const Held& held) { return held.id == id; });
    const auto gone = std::ranges::stable_partition(noted_, [&](const Noted& noted) { return noted.id != id; });
    const std::vector<Noted> removed{gone.begin(), gone.end()};
    noted_.erase(gone.begin(), gone.end());
    for (const auto& noted : removed) {
        // One directory under two ids has one watch.
        if (std::ranges::find(noted_, noted.watch, &Noted::watch) == noted_.end()) {
            ::inotify_rm_watch(inotify_.number(), noted.watch);
        }
    }
}

std::vector<int> Watch::descriptors() const {
    std::vector<int> numbers;
    if (!noted_.empty()) numbers.push_back(inotify_.number());
    if (!held_.empty()) numbers.push_back(signals_.number());
    return numbers;
}

void Watch::drain_inotify(std::vector<Id>& changed) const {
    std::vector<int> watches;
    bool lost = false;  // the queue was full
    alignas(inotify_event) std::array<char, 4096> buffer;
    for (int i = 0; i < max_reads; ++i) {
        const auto n = ::read(inotify_.number(), buffer.data(), buffer.size());
        if (n <= 0) break;
        for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
            inotify_event event;
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += sizeof event + event.len;
            lost = lost || (event.mask & IN_Q_OVERFLOW) != 0;
            watches.push_back(event.wd);
        }
    }
    std::ranges::sort(watches);
    for (const auto& noted : noted_) {
        if (lost || std::ranges::binary_search(watches, noted.watch)) changed.push_back(noted.id);
    }
}

void Watch::drain_dnotify(std::vector<Id>& changed) {
    std::vector<int> numbers;
    bool lost = false;
    signalfd_siginfo info;
    while (numbers.size() <= held_.size() && ::read(signals_.number(), &info, sizeof info) == sizeof info) {
        lost = lost || info.ssi_signo == SIGIO;
        numbers.push_back(info.ssi_fd);
    }
    std::ranges::sort(numbers);
    for (auto& held : held_) {
        const bool is_told = lost || std::ranges::binary_search(numbers, held.directory.number());
        if (!is_told && held.is_armed) continue;
        held.is_armed = arm(held.directory);  // where that fails the folder counts as changed, time and again
        changed.push_back(held.id);
    }
}

std::vector<Watch::Id> Watch::drain() {
    std::vector<Id> changed;
    if (inotify_) drain_inotify(changed);
    if (signals_) drain_dnotify(changed);
    std::ranges::sort(changed);
    const auto again = std::ranges::unique(changed);
    changed.erase(again.begin(), again.end());
    return changed;
}

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
#include "mta/outbound/queue_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace mailpipe::mta {

namespace {

Result<int> add_watch(const Fd& file, const std::string& path) {
    const int number = ::inotify_add_watch(file.number(), path.c_str(), IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
    if (number < 0) return failure(system_error(errno, fmt::format("watch {}", path)));
    return number;
}

}  // namespace

Result<QueueWatch> QueueWatch::open(const queue::Spool& spool) {
    QueueWatch watch{spool, Fd{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)}};
    if (!watch.file_) return failure(system_error(errno, "inotify"));
    const auto fresh = add_watch(watch.file_, spool.path() + "/new");
    if (!fresh) return failure(fresh.error());
    const auto waiting = add_watch(watch.file_, spool.path() + "/cur");
    if (!waiting) return failure(waiting.error());
    watch.new_ = *fresh;
    watch.cur_ = *waiting;
    return watch;
}

Result<bool> QueueWatch::read(const std::function<void(const Fd& directory, std::string name)>& came) {
    alignas(inotify_event) std::array<char, 64 * 1024> buffer;
    bool complete = true;
    for (;;) {
        const auto n = ::read(file_.number(), buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return complete;
        if (n < 0) return failure(system_error(errno, "read inotify"));
        for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
            inotify_event event;
            std::memcpy(&event, buffer.data() + at, sizeof event);
            if ((event.mask & IN_Q_OVERFLOW) != 0) complete = false;
            const char* name = buffer.data() + at + sizeof event;
            if (event.len > 0 && event.wd == new_) came(spool_->new_messages(), name);
            if (event.len > 0 && event.wd == cur_) came(spool_->waiting(), name);
            at += sizeof event + event.len;
        }
        if (static_cast<std::size_t>(n) < buffer.size() / 2) return complete;
    }
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "store/tree/tree_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "base/files.hpp"
#include "store/dotlock.hpp"
#include "store/guid.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

namespace {

const std::string file_name = "mailboxes.lock";
constexpr auto patience = 30s;

/// Of the open file, not of the process: Dovecot's, of a process, is in its way all the same.
Result<void> lock_file(const Fd& file) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(file.number(), F_OFD_SETLK, &whole) == 0) return {};
    return failure(system_error(errno == EACCES ? EAGAIN : errno, "lock " + file_name));
}

/// The named file is this one still: else whoever had the lock before has removed it.
bool is_named(int root, const Fd& file) {
    struct stat mine {
    }, named{};
    return ::fstat(file.number(), &mine) == 0 && ::fstatat(root, file_name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

/// Locked before it gets its name. Errors: EEXIST, when another was faster.
Result<Fd> create_locked(const Fd& root) {
    const auto name = file_name + random_guid();
    auto file = create_exclusive_at(root, name);
    if (!file) return file;
    auto done = lock_file(*file);
    if (done) done = link_at(root, name, root, file_name);
    (void)unlink_at(root, name);
    if (!done) return failure(done.error());
    return file;
}

Result<Fd> open_locked(const Fd& root) {
    Fd file{::openat(root.number(), file_name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file && errno == ENOENT) return create_locked(root);
    if (!file) return failure(system_error(errno, "open " + file_name));
    if (auto r = lock_file(file); !r) return failure(r.error());
    if (!is_named(root.number(), file)) return failure(system_error(EEXIST, "lock " + file_name));
    return file;
}

}  // namespace

Result<TreeLock> TreeLock::take(const Fd& root) {
    const auto until = std::chrono::steady_clock::now() + patience;
    Pause pause;
    for (;;) {
        auto file = open_locked(root);
        if (file) return TreeLock{root, std::move(*file)};
        const auto error = file.error().number;
        if (error != EAGAIN && error != EEXIST) return failure(file.error());
        if (std::chrono::steady_clock::now() >= until) {
            return failure({Fault::transient, file_name + " is held by another process", {}, EAGAIN});
        }
        if (error == EAGAIN) pause();
    }
}

TreeLock::~TreeLock() {
    if (file_ && is_named(root_, file_)) ::unlinkat(root_, file_name.c_str(), 0);
}

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
// Dovecot's lock for changes of the tree: the file mailboxes.lock in the root, with a record lock (fcntl(2)) on it,
// made when somebody wants it and removed by whoever had it last.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

class TreeLock {
public:
    /// `root` must outlive the lock. Errors: EAGAIN, transient, when others hold it for 30 seconds.
    static Result<TreeLock> take(const Fd& root);

    TreeLock(TreeLock&&) noexcept = default;
    TreeLock& operator=(TreeLock&&) = delete;
    ~TreeLock();

    const Fd& file() const { return file_; }

private:
    TreeLock(const Fd& root, Fd file) : root_(root.number()), file_(std::move(file)) {}

    int root_;  // borrowed
    Fd file_;
};

}  // namespace mailpipe::store

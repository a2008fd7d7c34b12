// SPDX-License-Identifier: ISC
// Tells of messages as they come into the spool: inotify(7) on new/ and cur/.
#pragma once

#include <functional>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

class QueueWatch {
public:
    static Result<QueueWatch> open(const queue::Spool& spool);

    /// To be polled for input.
    const Fd& file() const { return file_; }

    /// What came since the last call: into new/ or cur/ (`directory`), under which name. False: some were lost, so look
    /// into both. Does not wait. Changes that other hosts make to a shared file system are not told.
    Result<bool> read(const std::function<void(const Fd& directory, std::string name)>& came);

private:
    QueueWatch(const queue::Spool& spool, Fd file) : spool_(&spool), file_(std::move(file)) {}

    const queue::Spool* spool_;
    Fd file_;
    int new_ = -1;
    int cur_ = -1;
};

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// Tells when something comes into, or goes out of, new/ or cur/ of folders that are open: for IDLE and NOTIFY. By
// inotify(7), or where a user has no more of that by dnotify (F_NOTIFY of fcntl(2)).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/fd.hpp"

namespace mailpipe::store {

/// Hears of changes that this host makes; what another host changes on a shared file system is seen by looking again
/// from time to time. Belongs to the process that made it. With dnotify SIGRTMIN and SIGIO stay blocked in the process, and
/// one Watch takes them all: a process has one.
class Watch {
public:
    using Id = std::uint32_t;  ///< of a folder, as the caller counts them
    enum class Means { inotify, dnotify, none };

    /// `best`: what to try first.
    explicit Watch(Means best = Means::inotify) : best_(best) {}

    /// From now on the folder is watched; what happened before is not told. Descriptors may be closed afterwards.
    /// Gives the means that was found; none: the caller has to look by itself from time to time.
    Means add(Id id, const Fd& new_directory, const Fd& cur_directory);
    /// The same for any one directory, whose names come and go.
    Means add(Id id, const Fd& directory);
    void remove(Id id);

    /// To poll for input: none, one or two, with every add() anew.
    std::vector<int> descriptors() const;
    /// Folders in which something has happened since they were drained last, by id. Does not wait. Look at the folders
    /// after this call, and nothing is missed.
    std::vector<Id> drain();

private:
    struct Noted {  // by inotify
        Id id;
        int watch;
    };
    struct Held {  // by dnotify, which tells once and forgets a directory that is closed
        Id id;
        Fd directory;
        bool is_armed;
    };
    Means add_all(Id id, std::initializer_list<const Fd*> directories);
    bool add_inotify(Id id, const Fd& directory);
    bool add_dnotify(Id id, const Fd& directory);
    void drain_inotify(std::vector<Id>& changed) const;
    void drain_dnotify(std::vector<Id>& changed);

    Means best_;
    Fd inotify_;
    Fd signals_;
    std::vector<Noted> noted_;
    std::vector<Held> held_;
};

}  // namespace mailpipe::store

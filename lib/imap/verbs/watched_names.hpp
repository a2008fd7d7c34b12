// SPDX-License-Identifier: ISC
// What NOTIFY has told of a user's mailbox names and subscriptions, and what has become of them (RFC 5465 sections 5.4 and 5.5).
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/verbs/list_response.hpp"

namespace mailpipe::imap {

class WatchedNames {
public:
    /// What is there now is known. Errors: as the tree's.
    static Result<WatchedNames> read(const store::Tree& tree);

    struct Rename {
        std::string to;
        bool goes_with_parent = false;  ///< nobody is told of it
    };
    struct Changes {
        std::map<std::string, Rename, std::less<>> renamed;  ///< by the old name
        std::set<std::string> affected;       ///< made or deleted, and the parents of such
        std::vector<std::string> subscribed;  ///< or not any more
    };
    /// What has happened since the last time. Errors: as the tree's; nothing has been taken for told.
    Result<Changes> look(const store::Tree& tree);

    /// The client knows what has become of this name, and of those below it: it was its own doing.
    void learn(const store::Tree& tree, std::string_view name);

    const Names& names() const { return names_; }

private:
    /// Of a folder, whatever its name: the file `maildirfolder` in it is made with it and stays.
    struct Identity {
        ino_t inode = 0;  ///< 0: it has no such file
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;

        auto operator<=>(const Identity&) const = default;
    };
    using Folders = std::map<std::string, Identity, std::less<>>;

    explicit WatchedNames(Names names) : names_(std::move(names)) {}
    Folders folders_now(const store::Tree& tree) const;

    Names names_;  ///< as they are
    Folders known_{};
    std::set<std::string, std::less<>> subscribed_{};
};

}  // namespace mailpipe::imap

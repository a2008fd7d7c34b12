// SPDX-License-Identifier: ISC
// The folders of one Maildir++: listed by one scan; made, removed and renamed as Dovecot does it, under its lock. Names
// are canonical (store/tree/mailbox_name.hpp). Symbolic links are no folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/tree/mailbox_name.hpp"

namespace mailpipe::store {

class TreeLock;

struct Folder {
    std::string name;
    std::string directory;  ///< in the root, "." for INBOX; empty: \NonExistent, it only has children
    bool has_children = false;

    bool exists() const { return !directory.empty(); }
    bool operator==(const Folder&) const = default;
};

/// Of a folder's directory.
struct FolderMove {
    std::string from, to;
};

class Tree {
public:
    /// The root is made, with cur/, new/ and tmp/, where it is missing.
    static Result<Tree> open(const std::string& path, NameRules rules);

    const Fd& root() const { return root_; }
    const std::string& path() const { return path_; }
    const NameRules& rules() const { return rules_; }

    /// INBOX first, then by octets, each name once, with the parents that do not exist.
    Result<std::vector<Folder>> list() const;

    /// The folder's directory in the root. Reads the root only where the name's own directory is missing: it may be
    /// spelled in another way. Errors, here and below: permanent, ENOENT, when there is no such folder; EEXIST, when
    /// there is one already; EINVAL, when it can't be done to this one at all; transient, EAGAIN, for the lock.
    Result<std::string> find(std::string_view name) const;
    /// Its directory, with cur/, new/ and tmp/: what is missing of them is made.
    Result<Fd> open_folder(std::string_view name) const;

    /// A new folder, with a UIDVALIDITY that none before had, appears at once and whole. Parents are not made. Durable.
    Result<void> create(std::string_view name, const Clock& clock) const;

    /// Takes the folder away at once and whole, then deletes what is in it; what is below it stays. A message that was
    /// delivered into it meanwhile goes to INBOX. Durable; what a crash leaves is removed by the next change of the
    /// tree.
    Result<void> remove(std::string_view name) const;

    /// With all that is below it, the folder itself last: if it fails (or crashes) in the middle it can be done again,
    /// and a failure is undone as far as it can be. `from` may be one that only has children. INBOX keeps its children;
    /// its messages move, flags and keywords too (RFC 9051 section 6.3.6). Subscriptions stay. Durable. Gives the
    /// directories that have got another name.
    Result<std::vector<FolderMove>> rename(std::string_view from, std::string_view to, const Clock& clock) const;

private:
    Tree(std::string path, Fd root, NameRules rules)
        : path_(std::move(path)), root_(std::move(root)), rules_(std::move(rules)) {}
    Result<void> must_be_free(std::string_view name) const;
    Result<void> create_unlocked(std::string_view name, const Clock& clock) const;
    Result<void> rename_inbox(std::string_view to, const Clock& clock, const TreeLock& lock) const;
    Result<std::vector<FolderMove>> rename_folders(std::string_view from, std::string_view to) const;

    std::string path_;
    Fd root_;
    NameRules rules_;
};

}  // namespace mailpipe::store

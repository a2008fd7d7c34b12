// SPDX-License-Identifier: ISC
// One folder of a Maildir with its index: what is on disk is the truth, the index remembers it. All changes of a folder
// that imapd makes go through here, under Dovecot's lock, so that both can work on it at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/new_file.hpp"
#include "base/result.hpp"
#include "store/index/held_locks.hpp"
#include "store/index/index_file.hpp"
#include "store/name_list.hpp"

namespace mailpipe::store {

struct OpenFolder {
    Fd directory;        ///< with cur/, new/ and tmp/ in it
    Fd root;             ///< of the Maildir: dovecot-uidvalidity and maildirsize are there
    Fd index_directory;  ///< where the index is; may be `directory` once more
    std::string hostname;  ///< for names of new messages
};

enum class Access {
    examine,  ///< what is in new/ stays there
    select,   ///< it moves to cur/
};
enum class Look {
    if_changed,  ///< where the modification times of the directories say so
    anyway,      ///< somebody has said so
};

/// STORE's data item (RFC 9051 section 6.4.6).
struct FlagChange {
    enum class How { add, remove, replace } how;
    std::uint32_t flags;
    std::uint32_t keywords;
};

/// A message on its way into a folder: written and synced, without a name.
struct Incoming {
    NewFile file;
    std::uint64_t wire_octets;
    std::uint32_t flags = 0;
    std::uint32_t keywords = 0;
    std::optional<std::int64_t> internal_date{};  ///< else now
};

struct Placed;

class IndexedFolder {
public:
    /// Opens new/, cur/ and tmp/; refresh() does the rest. Errors: permanent when it is no Maildir.
    static Result<IndexedFolder> open(OpenFolder parts, const Clock& clock);

    /// Brings the index up to date with what is on disk: new messages get UIDs, which are on disk before it returns; what
    /// two looks at the directories don't find is expunged. Costs three stat(2) when nothing has changed. The first one,
    /// for who selects the folder, makes an index anew that is mostly garbage.
    /// Errors: transient for a lock that others hold, or a failing disk.
    Result<void> refresh(Access access, Look look = Look::if_changed);

    /// After refresh(). The object is another one when the index was made anew.
    const std::shared_ptr<IndexFile>& index() const { return index_; }
    std::uint32_t uid_validity() const { return index_->header().uid_validity; }
    const Fd& directory() const { return parts_.directory; }
    const Fd& root() const { return parts_.root; }
    const Fd& new_directory() const { return new_; }
    const Fd& cur_directory() const { return cur_; }

    /// UIDs of what went after that mod-sequence, ascending; nothing where nobody remembers.
    std::optional<std::vector<std::uint32_t>> expunged_since(std::uint64_t modseq) const;

    // A message as its file tells; the index remembers it. It may have another name by now, which is found. Errors: ENOENT,
    // permanent, when it is gone.

    Result<Fd> open_message(std::uint32_t uid);
    Result<std::int64_t> internal_date(std::uint32_t uid);
    Result<std::uint64_t> octets(std::uint32_t uid);
    /// Reads it all.
    Result<std::uint64_t> wire_octets(std::uint32_t uid);
    /// What the file turned out to have. Its name may have said something else.
    void measured(std::uint32_t uid, std::uint64_t octets, std::uint64_t wire_octets);

    // The changes. Each takes the lock, and refreshes first. UIDs ascend; those that are gone are passed over.

    struct Stored {
        struct Turn {
            std::uint64_t before;  ///< the highest mod-sequence then
            std::uint64_t modseq;
        };
        std::vector<Turn> turns;              ///< more than one where others had changed something between
        std::vector<std::uint32_t> modified;  ///< not stored: changed since `unchanged_since`
        std::vector<std::uint32_t> overtook;  ///< stored, but others had changed them since `told`: ascending

        bool has(std::uint64_t modseq) const;
    };
    /// `told`: up to which mod-sequence the client knows the flags. Errors: the first that happened; what was changed by
    /// then is changed.
    Result<Stored> store(std::span<const std::uint32_t> uids, const FlagChange& change,
                         std::optional<std::uint64_t> unchanged_since = {}, std::uint64_t told = UINT64_MAX);

    struct Expunged {
        std::uint64_t modseq = 0;
        std::vector<std::uint32_t> uids;
    };
    enum class Which {
        all,
        deleted,  ///< who is not \Deleted any more, as others have seen to that, stays
    };
    /// Unlinks the messages. Errors: as above.
    Result<Expunged> expunge(std::span<const std::uint32_t> uids, Which which);

    /// A file for a message, in tmp/ and without a name.
    Result<NewFile> begin_message();
    /// Puts all of them in the folder, or none. They and their UIDs, which are returned, survive a crash then.
    Result<std::vector<std::uint32_t>> add(std::span<Incoming> messages);

    using KeywordMap = std::function<std::uint32_t(std::uint32_t keywords)>;
    struct Copied {
        std::vector<std::uint32_t> from;  ///< those that were still there
        std::vector<std::uint32_t> to;
    };
    /// Copies messages into `target`, all or none, with flags, keywords (`map_keywords` tells the target's), internal date
    /// and GUID: as links where that is possible. They survive a crash then.
    Result<Copied> copy(std::span<const std::uint32_t> uids, IndexedFolder& target, const KeywordMap& map_keywords);
    /// The same, and then unlinks them here; both under both locks, so that of two who move a message one does. Errors: as
    /// above, nothing is moved; or the first that happened to an unlink: what could not be unlinked has no copy then.
    struct Moved {
        Copied copied;
        std::optional<Error> trouble;
    };
    Result<Moved> move(std::span<const std::uint32_t> uids, IndexedFolder& target, const KeywordMap& map_keywords);

private:
    friend class Refresh;

    explicit IndexedFolder(OpenFolder parts, const Clock& clock) : parts_(std::move(parts)), clock_(&clock) {}
    Result<Dotlock> lock() const;
    Result<bool> is_fresh(Access access) const;
    Result<void> bring_up_to_date(Access access, Look look);
    void compact_if_wasteful();
    Result<void> refresh_locked(Access access, Look look);
    bool check() const;
    Record* record(std::uint32_t uid);
    const Fd& directory_of(const Record& record) const { return record.is_new() ? new_ : cur_; }
    std::uint64_t known_octets(const Record& record) const;
    Result<HeldLocks> lock_refreshed();
    struct Each {
        std::function<Result<bool>(Record& record)> is_done;
        std::function<void()> publish;  ///< what was done; before the folder is read again, and at the end
    };
    Result<void> with_each(HeldLocks& locks, std::span<const std::uint32_t> uids, const Each& each);
    Result<void> expunge_locked(HeldLocks& locks, std::span<const std::uint32_t> uids, Which which, Expunged& expunged);
    Result<bool> rename_to(Record& record, std::uint32_t flags, std::uint32_t keywords);
    Result<std::vector<std::uint32_t>> number_placed(const std::vector<Placed>& placed);
    Result<void> take_copy(const Fd& directory, const std::string& source, const std::string& name);
    Result<Copied> copy_locked(HeldLocks& locks, std::span<const std::uint32_t> uids, IndexedFolder& target,
                               const KeywordMap& map_keywords);
    Result<HeldLocks> lock_both(const IndexedFolder& target) const;
    void withdraw(HeldLocks& locks, Copied& copied, const std::vector<std::uint32_t>& gone);
    void copy_entries(const Copied& copied, IndexedFolder& target);
    template <typename T>
    using Attempt = std::function<Result<T>(const Fd& directory, const std::string& name)>;
    template <typename T>
    Result<T> with_file(std::uint32_t uid, const Attempt<T>& attempt);

    OpenFolder parts_;
    const Clock* clock_;
    Fd new_;
    Fd cur_;
    Fd tmp_;
    std::shared_ptr<IndexFile> index_;
};

}  // namespace mailpipe::store

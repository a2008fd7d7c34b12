// SPDX-License-Identifier: ISC
// A folder as one session has been told of it: message sequence numbers, and what has happened since (RFC 9051 sections
// 2.3.1.2 and 7.5.1). It holds no copy: it reads the index that all share, and remembers only what is gone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "store/index/index_file.hpp"

namespace mailpipe::store {

enum class Expunges {
    tell,
    keep_back,  ///< messages that are gone keep their sequence numbers
};

class View {
public:
    /// All messages that are there now.
    explicit View(std::shared_ptr<IndexFile> index);

    IndexFile& index() const { return *index_; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(known_ - gone_.size()); }
    /// `sequence` is 1 to size(). The record may be of a message that is expunged, but the client does not know it yet.
    Record& record(std::uint32_t sequence) const { return (*index_)[place_of(sequence)]; }
    /// Nothing for a message that is not in the view.
    std::optional<std::uint32_t> sequence_of(std::uint32_t uid) const;
    /// The number of messages in the view with a UID below this one.
    std::uint32_t count_below(std::uint32_t uid) const;
    std::uint32_t largest_uid() const { return size() == 0 ? 0 : record(size()).uid; }
    /// What is not in the view yet has this UID or a larger one.
    std::uint32_t next_uid() const;
    /// Up to which mod-sequence the client was told of changes of flags.
    std::uint64_t modseq() const { return modseq_; }
    /// And of expunges: smaller where some were kept back (RFC 7162 section 3.2).
    std::uint64_t told_up_to() const;

    struct Changes {
        std::vector<std::uint32_t> expunged;  ///< sequence numbers, the largest first: each is right when it is told
        std::vector<std::uint32_t> vanished;  ///< their UIDs, ascending
        bool has_new = false;                 ///< size() is another one
        std::vector<std::uint32_t> changed;   ///< sequence numbers, after all of that, of messages with other flags
    };
    /// What has happened since the last time; the view is as it is then. `index` is what the folder has now.
    Changes catch_up(const std::shared_ptr<IndexFile>& index, Expunges expunges);
    /// Another index has taken the place of this one, which is needed as long as the client counts what is gone: it gets the
    /// flags from there. Whoever still looks at it does so.
    void follow(const IndexFile& index);

    /// The client knows of the changes with this mod-sequence: they were its own. `before` was the highest one before.
    void told(std::uint64_t before, std::uint64_t modseq);

private:
    std::size_t place_of(std::uint32_t sequence) const;
    std::uint32_t sequence_at(std::size_t place) const;
    bool is_gone(std::size_t place) const;
    bool has_all(const IndexFile& index) const;
    bool is_own(std::uint64_t modseq) const;
    void take_expunges(std::size_t end, Changes& changes);
    void take_other_index(const std::shared_ptr<IndexFile>& index, Changes& changes);
    void find_changed(std::size_t end, Changes& changes) const;

    std::shared_ptr<IndexFile> index_;
    std::uint64_t modseq_;             // read first: others may be at work
    std::uint64_t expunges_;           // of the index, when gone_ was last looked for
    std::size_t known_;                // records
    std::vector<std::uint32_t> gone_;  // of them, by place: those that the client does not count
    std::vector<std::uint64_t> own_;
};

}  // namespace mailpipe::store

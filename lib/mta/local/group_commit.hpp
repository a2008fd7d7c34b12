// SPDX-License-Identifier: ISC
// Messages that stand in Maildirs but may not survive a crash yet, and the replies that wait for that: while a client's
// next message is there already, one sync of a directory serves several.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "io/fd_stream.hpp"
#include "mta/acting_as.hpp"
#include "store/maildir.hpp"

namespace mailpipe::mta {

struct Placed {
    std::shared_ptr<const store::Maildir> maildir;
    std::string file;  ///< in new/
    Owner owner;
    LogLine line;  ///< to be written once it is durable
};

class GroupCommit {
public:
    /// So many wait at most, or their directories would take all descriptors.
    static constexpr std::size_t max_placed = 64;

    void add(Placed placed) { placed_.push_back(std::move(placed)); }
    bool is_full() const { return placed_.size() >= max_placed; }

    /// Syncs every directory once. After an error whatever was placed in that Maildir is taken away again, and nothing
    /// that was placed since the last settle() counts as stored.
    Result<void> settle();

private:
    std::vector<Placed> placed_;
};

/// A peer that gets nothing before all that was placed is durable: what is written waits until the peer has sent
/// nothing more, or too much waits. When settling fails, the peer gets no reply at all.
class SettledStream final : public io::Stream {
public:
    SettledStream(io::FdStream& peer, GroupCommit& commit) : peer_(peer), commit_(commit) {}

    Result<std::size_t> read(std::span<char> buffer, io::Deadline deadline) override;
    Result<void> write(std::string_view data, io::Deadline deadline) override;
    Result<io::Woken> wait(std::span<io::Watched> others, io::Deadline deadline) override;
    /// Settles and sends what waits. Nothing does so but this and read().
    Result<void> send();

private:
    io::FdStream& peer_;
    GroupCommit& commit_;
    std::string waiting_;
    io::Deadline deadline_{};
    std::optional<Error> error_;
};

}  // namespace mailpipe::mta

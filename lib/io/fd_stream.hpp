// SPDX-License-Identifier: ISC
// A stream over file descriptors: a socket, a pipe pair, a terminal.
#pragma once

#include <chrono>
#include <deque>

#include "base/fd.hpp"
#include "io/stream.hpp"

namespace mailpipe::io {

/// Borrows its descriptors. Sockets wait in read(2) itself, bounded by SO_RCVTIMEO, which is set anew only when the
/// time left is less than the last by more than a second (or a tenth), or eight times as long: one system call a read.
class FdStream final : public Stream {
public:
    FdStream(int input, int output);

    Result<std::size_t> read(std::span<char> buffer, Deadline deadline) override;
    Result<void> write(std::string_view data, Deadline deadline) override;
    Result<Woken> wait(std::span<Watched> others, Deadline deadline) override;

    /// Something has come that read() would give without waiting (also the peer's close).
    bool has_input() const;

    /// From now on read() puts the descriptors that a Unix socket's peer sends along (SCM_RIGHTS, unix(7)) into `passed`,
    /// in their order. One comes with the octet that it was sent with, or before it, never later.
    void collect_descriptors(std::deque<Fd>& passed) { passed_ = &passed; }

    int input() const { return in_.number; }
    int output() const { return out_.number; }

private:
    struct Side {
        int number;
        int option;       // SO_RCVTIMEO or SO_SNDTIMEO
        short event;      // POLLIN or POLLOUT
        bool is_socket = true;
        std::chrono::milliseconds armed{0};
    };
    static Result<void> arm(Side& side, Deadline deadline);
    static Result<void> poll_until(const Side& side, Deadline deadline);
    static Result<void> retry(const Side& side, Deadline deadline, std::string_view what);

    Side in_;
    Side out_;
    std::deque<Fd>* passed_ = nullptr;
};

}  // namespace mailpipe::io

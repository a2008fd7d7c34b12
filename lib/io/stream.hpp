// SPDX-License-Identifier: ISC
// The interface to a peer: octets in, octets out, each with a deadline. Real ones: FdStream, tls::TlsStream,
// DeflateStream; in tests: memory, trickling and failing ones (tests/support).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "io/deadline.hpp"

namespace mailpipe::io {

/// A descriptor beside the peer's that a wait looks at, as inotify(7)'s.
struct Watched {
    int descriptor;
    bool is_ready = false;  ///< set by a wait: something can be read from it
};

enum class Woken {
    peer,      ///< read() gives octets, the peer's end or its error; the others may not have been looked at
    other,     ///< at least one of the others is ready
    deadline,  ///< none of that
};

class Stream {
public:
    virtual ~Stream() = default;

    /// Waits for at least one octet. 0: the peer has closed. Errors: transient; timed_out() after the deadline.
    virtual Result<std::size_t> read(std::span<char> buffer, Deadline deadline) = 0;

    /// Writes all of it. Errors: transient; some of it may have gone out.
    virtual Result<void> write(std::string_view data, Deadline deadline) = 0;

    /// The most that wait() looks at beside the peer.
    static constexpr std::size_t max_watched = 7;

    /// Waits for octets of the peer that read() would give, or for one of the others. Not woken by what a layer in
    /// between keeps for itself, such as half a TLS record. Looks once when the deadline has passed. Errors: transient.
    virtual Result<Woken> wait(std::span<Watched> others, Deadline deadline) = 0;

    /// Frees what can be made again: the peer is expected to be silent for long.
    virtual void release_memory() {}
};

}  // namespace mailpipe::io

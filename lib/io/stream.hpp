// SPDX-License-Identifier: ISC
// The interface to a peer: octets in, octets out, each with a deadline. Real ones: FdStream, tls::TlsStream; in tests:
// memory, trickling and failing ones (tests/support).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "io/deadline.hpp"

namespace mailpipe::io {

class Stream {
public:
    virtual ~Stream() = default;

    /// Waits for at least one octet. 0: the peer has closed. Errors: transient; timed_out() after the deadline.
    virtual Result<std::size_t> read(std::span<char> buffer, Deadline deadline) = 0;

    /// Writes all of it. Errors: transient; some of it may have gone out.
    virtual Result<void> write(std::string_view data, Deadline deadline) = 0;
};

}  // namespace mailpipe::io

// SPDX-License-Identifier: ISC
// COMPRESS=DEFLATE (RFC 4978): raw deflate both ways over any other stream.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "io/stream.hpp"

namespace mailpipe::io {

/// Borrows the stream below it, whose input has to begin with compressed octets: what the channel above holds already is
/// discarded or an error before. Every write() comes out whole at the peer, which needs no more to inflate it.
/// Never inflates more than a read() takes, one octet ahead at most: what a few octets swell to waits at the peer.
class DeflateStream final : public Stream {
public:
    explicit DeflateStream(Stream& below);
    ~DeflateStream() override;

    /// 0 also after the last block that the peer has declared. Errors: transient, also for what is no deflate.
    Result<std::size_t> read(std::span<char> buffer, Deadline deadline) override;
    Result<void> write(std::string_view data, Deadline deadline) override;
    Result<Woken> wait(std::span<Watched> others, Deadline deadline) override;
    /// Of zlib's memory nothing is left but the text that the peer may still refer to: 32 KiB at most.
    void release_memory() override;
    Stream& below() { return below_; }

private:
    static constexpr std::size_t input_octets = 8 * 1024;
    class Inflater;
    class Deflater;

    Result<std::size_t> inflate(std::span<char> buffer);
    Result<std::size_t> fill(Deadline deadline);
    bool has_text();

    Stream& below_;
    std::unique_ptr<Inflater> inflater_;     // while there is something to inflate
    std::unique_ptr<Deflater> deflater_;     // from a write until release_memory()
    std::unique_ptr<std::array<char, input_octets>> input_;
    std::string_view pending_;               // of the input: not inflated yet
    std::string history_;                    // without inflater_: what it has to begin with
    char ahead_ = 0;                         // inflated by a wait
    bool has_ahead_ = false;
};

}  // namespace mailpipe::io

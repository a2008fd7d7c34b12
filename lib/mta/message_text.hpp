// SPDX-License-Identifier: ISC
// A spooled message's text on its way to another host: what stands behind the envelope, without the journal.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "io/text_sink.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

class MessageText {
public:
    /// A text up to this size is read once and kept; larger ones are read anew by each of what follows.
    static constexpr std::size_t max_kept_octets = 256 * 1024;

    /// From `begin` up to `end` of that file, which is borrowed.
    MessageText(const Fd& file, std::uint64_t begin, std::uint64_t end) : file_(file), begin_(begin), end_(end) {}
    explicit MessageText(const queue::Message& message) : MessageText(message.file(), message.begin(), message.name().octets) {}

    /// Some octet is above 127 (RFC 6152). Errors, here and below: transient, the file can't be read or is too short.
    Result<bool> has_eight_bits();
    Result<void> send(const io::TextSink& write);

private:
    template <typename Take>
    Result<void> read_pieces(Take take);

    const Fd& file_;
    std::uint64_t begin_;
    std::uint64_t end_;
    std::string kept_;
};

}  // namespace mailpipe::mta

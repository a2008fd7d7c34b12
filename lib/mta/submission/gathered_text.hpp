// SPDX-License-Identifier: ISC
// A message as programs write it to sendmail, read to its end before anybody is asked to take it: one that takes hours to
// come, as the output of a long job does, keeps no server waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "io/wire_size.hpp"
#include "mail/header.hpp"

namespace mailpipe::mta {

/// What a line means that is a dot and nothing else.
enum class LoneDot { ends, is_text };

class GatheredText {
public:
    /// In memory; what is more stands in a file without a name.
    static constexpr std::size_t head_octets = mail::HeaderReader::max_octets + 1;

    /// To the end of `input`, or to a lone dot: what stands behind that is not read. CRLF becomes LF, and a "From " line, as of
    /// an mbox, goes. The file is made in the first of `directories` that allows it, where one is needed. Errors: transient.
    static Result<GatheredText> read(const Fd& input, LoneDot dot, const std::vector<std::string>& directories);

    /// The first head_octets of it.
    std::string_view head() const { return head_; }
    /// Everything from `offset` on, which is in the head, piece by piece.
    Result<void> read_from(std::size_t offset, const std::function<Result<void>(std::string_view)>& take) const;

    std::uint64_t octets() const { return octets_; }
    std::uint64_t wire_octets() const { return wire_size_.octets(); }
    /// Some octet is above 127.
    bool is_eight_bit() const { return is_eight_bit_; }

private:
    Result<void> add(std::string_view piece, const std::vector<std::string>& directories);

    std::string head_;
    Fd rest_;  // a file, where head_ is not all
    std::uint64_t octets_ = 0;
    io::WireSize wire_size_;
    bool is_eight_bit_ = false;
};

/// Where files that nobody else sees can be: $TMPDIR, /tmp, /var/tmp.
std::vector<std::string> scratch_directories();

}  // namespace mailpipe::mta

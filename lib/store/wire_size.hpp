// SPDX-License-Identifier: ISC
// How many octets a stored message has on the wire, where every line ends with CRLF: W in a Maildir name.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

/// Reads the file from where it stands to its end.
Result<std::uint64_t> wire_size(const Fd& file);

}  // namespace mailpipe::store

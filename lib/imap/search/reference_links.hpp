// SPDX-License-Identifier: ISC
// Which message is whose reply, by what their references tell: step (1) of REFERENCES, RFC 5256 section 3.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imap/search/found.hpp"

namespace mailpipe::imap {

/// A message's place among those found; those behind them are "dummies", which others refer to and which are not there.
using ThreadNode = std::uint32_t;
constexpr ThreadNode no_node = UINT32_MAX;

/// Of each node its parent, or no_node. They make no loop.
std::vector<ThreadNode> link_references(std::span<const Found> messages);

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
// Tells octets that are whole from those that a crash has torn.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailpipe {

/// No protection against anybody who wants another text of the same checksum. The same on every run of one machine; for
/// local caches, since it depends on the order of octets in a word.
std::uint32_t checksum(std::string_view octets);

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
// THREAD: RFC 5256 section 3.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "imap/search/found.hpp"

namespace mailpipe::imap {

enum class ThreadAlgorithm : std::uint8_t {
    ordered_subject,
    references,
    refs,  ///< as references, but no subject joins threads, and they are in the order of their most recent messages
};

/// "(2)(3 6 (4 23)(44 7 96))"; empty without messages, which come in the mailbox's order. A reply to a reply has no
/// parenthesis of its own: they are as deep as conversations split. Time and memory: n log n in messages and references.
///
/// Departs from RFC 5256 section 3 where references make a loop: the links that messages tell of themselves, step (1)(B), are
/// made before those that others tell of them, step (1)(A), so that the latter give way.
std::string threads(std::span<const Found> messages, ThreadAlgorithm algorithm);

}  // namespace mailpipe::imap

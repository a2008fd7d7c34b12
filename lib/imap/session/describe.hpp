// SPDX-License-Identifier: ISC
// What whoever stores a message tells the folder's index of it, so that imapd need not read it.
#pragma once

#include <string>

#include "base/fd.hpp"

namespace mailpipe::imap {

/// `file` is a message in the folder's new/. Where the folder has no index of its own nothing happens; nor where
/// something goes wrong: the index is only a cache.
void describe_message(const Fd& folder, const std::string& file);

}  // namespace mailpipe::imap

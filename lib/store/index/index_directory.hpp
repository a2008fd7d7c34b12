// SPDX-License-Identifier: ISC
// Where the index of a folder is: in the folder, or in a directory of its name below `base` (imapd(8), --index).
#pragma once

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

/// `directory` is the folder's in its Maildir, "." for INBOX; an empty `base`: in the folder. What is missing is made.
Result<Fd> open_index_directory(const std::string& base, const Fd& folder, const std::string& directory);

// What can't be done costs time only: the index is made anew. Nothing is done where `base` is empty.

/// The folder is gone: nothing of its mail stays.
void forget_index(const std::string& base, const std::string& directory);
/// The folder has another name.
void move_index(const std::string& base, const std::string& from, const std::string& to);

}  // namespace mailpipe::store

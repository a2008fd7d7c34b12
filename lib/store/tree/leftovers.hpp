// SPDX-License-Identifier: ISC
// Directories in the root that are no folders yet ("mailpipe-new.…") or no longer ("mailpipe-removed.…"). Others don't
// see them: a folder's directory begins with a dot. All this wants the TreeLock.
#pragma once

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/tree/tree_lock.hpp"

namespace mailpipe::store {

/// The name of a directory in which a folder is made before it gets its own.
std::string new_folder_name();

/// Takes a folder out of the tree and deletes it. A message in its new/ that is no older than this call goes to the
/// root's: who delivered it was told that it is stored. Errors: the folder stands; what fails later is left for
/// sweep().
Result<void> remove_folder(const Fd& root, const std::string& directory, const TreeLock& lock);

/// Deletes what those left who crashed, or failed.
void sweep(const Fd& root);

}  // namespace mailpipe::store

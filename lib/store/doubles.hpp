// SPDX-License-Identifier: ISC
// Files of one folder that share a base name, as a restored backup or two Maildirs put together leave them: each would hide
// the other, and take its place when its flags change.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "store/name_list.hpp"

namespace mailpipe::store {

struct Doubles {
    const Fd& new_directory;
    const Fd& cur_directory;
    std::function<std::string()> unique_name;
    /// That one keeps its name; else the one that the list has.
    std::function<bool(std::string_view name, Place place)> is_known;
};

/// Where both files are there the other one gets a unique name, with its sizes and flags, and so is a new message; or goes, where
/// both are links to one file. Needs the lock. True: some had to be parted, and the folder is to be looked at again. What can't be
/// renamed stays as it is.
bool part_doubles(const NameList& names, const Doubles& doubles);

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
// Between a message's record and its file's name in new/ or cur/.
#pragma once

#include <string>
#include <string_view>

#include "store/index/index_file.hpp"
#include "store/maildir_name.hpp"
#include "store/name_list.hpp"

namespace mailpipe::store {

/// The file's name as the index knows it; empty where that can be none.
std::string file_name(const IndexFile& index, const Record& record);

/// What a file's name and place tell.
struct NamedState {
    std::uint32_t flags;      ///< with state::in_new and state::whole_name
    std::uint32_t keywords;
    std::string_view stored;  ///< what of the name the heap has to have
};
NamedState read_file_name(std::string_view name, Place place);
/// The same of a name that was parsed.
NamedState read_file_name(const MaildirName& parsed, std::string_view name, Place place);

/// A record of a message found on disk. `keys` are those of its line in dovecot-uidlist. Its name, and its GUID if it has
/// one of its own, are appended to `names`.
Record make_record(std::uint32_t uid, std::string_view name, Place place, std::string_view keys, std::string& names);

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
#include "store/tree/rename_inbox.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "store/maildir_name.hpp"
#include "store/tree/keywords.hpp"
#include "store/tree/metadata.hpp"
#include "store/uid_file.hpp"

namespace mailpipe::store {

namespace {

std::vector<std::string> messages_in(const Fd& directory) {
    std::vector<std::string> names;
    (void)scan_directory(directory, [&](const DirectoryEntry& entry) {
        if (is_message_name(entry.name)) names.emplace_back(entry.name);
        return true;
    });
    return names;
}

/// Every message that is there now. Another process may rename one at the same time: it is found at its new name.
Result<void> move_messages(const Fd& from, const Fd& to) {
    for (int looks = 0; looks < 2; ++looks) {
        for (const auto& name : messages_in(from)) {
            const auto moved = rename_at(from, name, to, name);
            if (!moved && moved.error().number != ENOENT) return moved;
        }
    }
    if (auto r = sync(to); !r) return r;
    return sync(from);
}

/// new/ first: what a session moves to cur/ meanwhile is found there.
Result<void> move_parts(const Fd& from, const Fd& to) {
    for (const auto* part : {"new", "cur"}) {
        const auto source = open_directory_at(from, part);
        if (!source) return failure(source.error());
        const auto target = open_directory_at(to, part);
        if (!target) return failure(target.error());
        if (auto r = move_messages(*source, *target); !r) return r;
    }
    return {};
}

Result<void> copy_notes(const Fd& root, const Fd& folder) {
    const auto keywords = read_keywords(root);
    if (!keywords) return failure(keywords.error());
    if (!keywords->empty()) {
        if (auto r = write_keywords(folder, *keywords); !r) return r;
    }
    const auto notes = read_metadata(root, MetadataOf::folder);
    if (!notes) return failure(notes.error());
    if (notes->empty()) return {};
    return replace_metadata(folder, MetadataOf::folder, *notes);
}

}  // namespace

Result<void> move_inbox(const Fd& root, const Fd& folder) {
    const auto inbox_lock = lock_uid_map(root);
    if (!inbox_lock) return failure(inbox_lock.error());
    const auto folder_lock = lock_uid_map(folder);
    if (!folder_lock) return failure(folder_lock.error());
    auto done = copy_notes(root, folder);
    if (done) done = move_parts(root, folder);
    if (!done) (void)move_parts(folder, root);
    return done;
}

}  // namespace mailpipe::store

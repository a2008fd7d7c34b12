// SPDX-License-Identifier: ISC
// Files and directories by descriptor: what delivery, queue and scan are made of. No path is looked up twice, names in
// a directory (the ..._at functions) are never followed through a symbolic link, and every error says what was tried.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe {

/// Opens a directory for openat(2) and its kin (O_PATH is not enough: it must be synced).
Result<Fd> open_directory(const std::string& path);
Result<Fd> open_directory_at(const Fd& directory, const std::string& name);

/// Makes the directory, and its parents, where they are missing; mode 0700 (or as given) whatever the umask. What it
/// makes is synced into its parent, as far as we may open that.
Result<void> make_directories(const std::string& path, mode_t mode = 0700);

Result<Fd> open_read(const std::string& path);
/// As a command line names it: "-" is standard input, in a descriptor of its own.
Result<Fd> open_input(const std::string& name);
/// No link, and no FIFO that would keep us waiting: others may have put it there.
Result<Fd> open_read_at(const Fd& directory, const std::string& name);
/// A new file; it must not exist (O_EXCL). `mode` loses what umask(2) says.
Result<Fd> create_exclusive_at(const Fd& directory, const std::string& name, mode_t mode = 0600);

Result<void> write_all(const Fd& file, std::string_view data);
/// fsync(2). A failure means that the data may be gone: write a new file, never sync the same one again.
Result<void> sync(const Fd& file);

Result<void> link_at(const Fd& from, const std::string& name, const Fd& to, const std::string& new_name);
/// Gives an open file a name, whether it had one or not.
Result<void> link_open_file(const Fd& file, const Fd& to, const std::string& new_name);
Result<void> rename_at(const Fd& from, const std::string& name, const Fd& to, const std::string& new_name);
/// The same, but another file that has the new name stays. Errors: EEXIST.
Result<void> rename_new_at(const Fd& from, const std::string& name, const Fd& to, const std::string& new_name);
Result<void> unlink_at(const Fd& directory, const std::string& name);
/// Errors: EEXIST.
Result<void> make_directory_at(const Fd& directory, const std::string& name, mode_t mode = 0700);
/// Errors: ENOTEMPTY.
Result<void> remove_directory_at(const Fd& directory, const std::string& name);
Result<struct stat> status(const Fd& file);
Result<struct stat> status_at(const Fd& directory, const std::string& name);
/// Sets the file's modification time, leaves its access time.
Result<void> set_modified(const Fd& file, std::int64_t unix_seconds);

/// A new file in the old one's place, seen whole or not at all; file and name are synced. "`name`.tmp" is its name until then:
/// the caller holds a lock. `modified` is its time in seconds since 1970, where it matters. Errors: the old one stands; when
/// only the last sync failed, either.
Result<void> replace_file_at(const Fd& directory, const std::string& name, std::string_view text,
                             std::optional<std::int64_t> modified = {});

/// The whole file. Errors: permanent when it has more than `max_octets`.
Result<std::string> read_file(const std::string& path, std::size_t max_octets);
Result<std::string> read_all(const Fd& file, std::size_t max_octets);

struct DirectoryEntry {
    std::string_view name;  // valid during the call only
    unsigned char type;     // DT_REG, DT_DIR, DT_UNKNOWN … of dirent.h
};
/// Calls `visit` for each entry but "." and ".." in the directory's own order, until it returns false.
/// Entries that are renamed meanwhile may be missed or seen twice: readdir(3).
Result<void> scan_directory(const Fd& directory, const std::function<bool(const DirectoryEntry&)>& visit);

}  // namespace mailpipe

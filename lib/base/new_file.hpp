// SPDX-License-Identifier: ISC
// A file that others see whole or not at all: written without a name, synced, then linked into place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe {

/// One durable new file. Where the file system has no unnamed files (O_TMPFILE: NFS), a name in `tmp` stands in and
/// is removed when the object goes; after a crash it stays there, to be swept by age.
/// Small writes are gathered; nothing is promised before publish() has returned.
class NewFile {
public:
    /// `tmp` is on the file system of the later name; `fallback_name` is used there if the file must have a name.
    static Result<NewFile> create(const Fd& tmp, std::string fallback_name);
    /// The same with a name in any case, as it is there.
    static Result<NewFile> create_named(const Fd& tmp, std::string name);
    NewFile(NewFile&&) noexcept = default;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    Result<void> write(std::string_view data);
    /// What was gathered is in the file: for other readers of its descriptor. Not durable.
    Result<void> flush();
    /// Octets written so far.
    std::uint64_t size() const { return size_; }
    const Fd& file() const { return file_; }

    /// Syncs the file, links it to `name` in `directory` and syncs the directory. EEXIST when the name is taken.
    /// Errors: if only the last sync failed the name stands but may not survive a crash: say "temporary" and take
    /// the name away; a retry then duplicates at worst.
    Result<void> publish(const Fd& directory, const std::string& name);
    /// The same without the sync of the directory, for those who sync it once for several files.
    Result<void> link(const Fd& directory, const std::string& name);

private:
    NewFile(Fd file, const Fd& tmp, std::string tmp_name);

    Fd file_;
    int tmp_;               // borrowed; only used while tmp_name_ is set
    std::string tmp_name_;  // empty: the file has no name yet
    std::string pending_;
    std::uint64_t size_ = 0;
};

}  // namespace mailpipe

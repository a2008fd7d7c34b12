// SPDX-License-Identifier: ISC
// Annotations of a folder or of the server (RFC 5464), in the file `mailpipe-metadata` of the folder, or of the root
// `mailpipe-metadata-server`. Format: "1\n", then for each entry, sorted, "<name> <octets>\n", its value, "\n".
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

struct MetadataLimits {
    std::size_t value_octets = 64 * 1024;
    std::size_t file_octets = 1024 * 1024;  ///< of the file as it is written
    std::size_t name_octets = 1024;
};

/// False for what RFC 5464 section 3.2 does not let be an entry: it begins with /private/ or /shared/ (in any case),
/// has no empty component, no '*', '%', blank, control or what is not ASCII; below /…/vendor/ it has four components.
bool is_entry_name(std::string_view name);
/// True for those, too, of which only what is below them can be an entry: "/shared/vendor/x".
bool may_have_entries(std::string_view name);

/// How far below an entry GETMETADATA looks (RFC 5464 section 4.2.2).
enum class Depth { zero, one, infinity };

class Metadata {
public:
    explicit Metadata(MetadataLimits limits = {}) : limits_(limits) {}

    /// Errors: permanent, for a file that is none of ours: nothing may be written in its place.
    static Result<Metadata> parse(std::string_view text, MetadataLimits limits = {});
    std::string to_text() const;

    /// The entry itself, if it has a value, and those below it; sorted, names in small letters.
    std::vector<std::pair<std::string_view, std::string_view>> get(std::string_view name,
                                                                   Depth depth = Depth::zero) const;

    /// A value, or nothing to remove the entry. Errors: permanent; EINVAL for what is no entry's name, EMSGSIZE for a
    /// value above limits().value_octets ([METADATA MAXSIZE n]), ENOSPC when the file would be too big ([METADATA
    /// TOOMANY]).
    Result<void> set(std::string_view name, std::optional<std::string_view> value);

    const MetadataLimits& limits() const { return limits_; }
    bool empty() const { return entries_.empty(); }

private:
    MetadataLimits limits_;
    std::map<std::string, std::string, std::less<>> entries_;  // by name in small letters: they are case-insensitive
    std::size_t octets_ = 2;                                   // of the file
};

enum class MetadataOf { folder, server };

/// Nothing in it where there is no file.
Result<Metadata> read_metadata(const Fd& folder, MetadataOf whose, MetadataLimits limits = {});

/// Precondition: nobody else changes it. Durable.
Result<void> replace_metadata(const Fd& folder, MetadataOf whose, const Metadata& metadata);

/// Reads, sets all these or none, and writes, under a lock; durable. `folder` is the root for the server's. Errors: as
/// set()'s, and EAGAIN, transient, for the lock.
using MetadataChange = std::pair<std::string, std::optional<std::string>>;
Result<void> change_metadata(const Fd& folder, MetadataOf whose, const std::vector<MetadataChange>& changes,
                             MetadataLimits limits = {});

}  // namespace mailpipe::store

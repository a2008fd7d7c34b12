// SPDX-License-Identifier: ISC
// Maildirs that stay open between messages: a delivery then looks up one path instead of opening three directories.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "store/maildir.hpp"

namespace mailpipe::mta {

class MaildirCache {
public:
    /// Each has three descriptors.
    static constexpr std::size_t max_maildirs = 128;

    /// The Maildir at `path`, made where it is missing, or the first of the `folders` in it that exists. One that has
    /// been moved away or replaced meanwhile is opened anew. Call as the mailbox's owner.
    Result<std::shared_ptr<const store::Maildir>> open(const std::string& path,
                                                       const std::vector<std::string>& folders);

    /// It is not to be trusted any more.
    void forget(const store::Maildir& maildir);

    std::size_t size() const { return entries_.size(); }

private:
    using Entry = std::shared_ptr<const store::Maildir>;
    Entry find(const std::string& path);
    Entry keep(store::Maildir maildir);

    std::list<Entry> entries_;                                                  // most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_path_;  // keys look into the entries
};

/// The directories in a Maildir that a tag ("lists.debian" of joe+lists.debian) may stand for, by preference: as it
/// is, and in modified UTF-7 (RFC 3501 section 5.1.3), as Dovecot names them. None for a tag that could lead elsewhere:
/// with '/', "..", a '.' at either end, control characters, more than 200 octets.
std::vector<std::string> folder_directories(std::string_view tag);

}  // namespace mailpipe::mta

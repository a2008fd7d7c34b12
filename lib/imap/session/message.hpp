// SPDX-License-Identifier: ISC
// One message of the selected mailbox, read as far as somebody asks: the index first, then what it keeps, then the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/mapped_file.hpp"
#include "base/result.hpp"
#include "imap/message/structure_entry.hpp"
#include "imap/search/summary.hpp"
#include "mime/structure.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/view.hpp"

namespace mailpipe::imap {

/// What messages are read from, for one command.
struct MessageSource {
    store::IndexedFolder& folder;
    const store::IndexFile& index;  ///< to which the record belongs
    store::EntryBatch& batch;  ///< where what was read is kept for the next time
};

class Message {
public:
    Message(MessageSource source, store::Record& record) : source_(source), record_(record) {}

    const store::Record& record() const { return record_; }

    // Errors: ENOENT, permanent, when the message is gone; transient for what can't be read now.

    Result<std::int64_t> internal_date();
    Result<std::uint64_t> wire_octets();
    /// The whole message, LF or CRLF.
    Result<std::string_view> text();
    /// Its header, and of the body what was read with it.
    Result<std::string_view> header();
    Result<Summary> summary();
    Result<StructureEntry> structure_entry();
    Result<const mime::Structure*> structure();

private:
    MessageSource source_;
    store::Record& record_;
    std::optional<MappedFile> file_;
    std::string beginning_;
    std::optional<std::int64_t> date_;
    std::string made_summary_;
    std::string made_entry_;
    std::optional<Summary> summary_;
    std::optional<StructureEntry> entry_;
    std::optional<mime::Structure> structure_;
};

/// EMAILID (RFC 8474 section 5.1): the same for copies, and on every host.
std::string email_id(const store::IndexFile& index, const store::Record& record);
/// Seconds since 1970 (RFC 8514): when the message came into the mailbox, as the file's name tells, else its internal date.
std::int64_t save_date(const store::IndexFile& index, const store::Record& record, std::int64_t internal_date);

}  // namespace mailpipe::imap

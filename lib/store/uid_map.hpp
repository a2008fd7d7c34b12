// SPDX-License-Identifier: ISC
// dovecot-uidlist: which message of a folder has which UID. Version 3 is read and written, version 1 (also Courier's
// courierimapuiddb) is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

/// One line: "<uid>[ <key><value>]... :<base name>".
struct UidRecord {
    std::uint32_t uid;
    std::string_view keys;  ///< "W1234 Pabc", or nothing
    std::string_view base;  ///< the file's name up to ':'
};

/// The value behind a key: 'P' POP3's unique-id (empty: the base name), 'W' size with CRLF, 'S', 'O', 'G'.
std::optional<std::string_view> key_value(const UidRecord& record, char key);

class UidMap {
public:
    /// Takes the text of a file. A last line without its end is somebody's unfinished write and left out; so are lines
    /// that break the rules, which must be rewritten then. A header that breaks them gives an empty map.
    static UidMap parse(std::string text);

    /// 0: there is no map yet.
    std::uint32_t uid_validity() const { return uid_validity_; }
    std::uint32_t next_uid() const { return next_uid_; }
    std::string_view guid() const { return guid_; }
    const std::vector<UidRecord>& records() const { return records_; }  ///< by ascending UID
    /// Lines can't just be appended: there is no file, it is of version 1, lacks a GUID, or is damaged.
    bool must_be_rewritten() const { return must_be_rewritten_; }

    UidMap() = default;
    UidMap(UidMap&&) noexcept = default;
    UidMap& operator=(UidMap&&) noexcept = default;
    UidMap(const UidMap&) = delete;  // records_ look into text_

    /// All but the GUID: as it is in a new folder.
    void forget_all();

    // What the writer changes, before it is written.
    void set_uid_validity(std::uint32_t value) {
        uid_validity_ = value;
        must_be_rewritten_ = true;
    }
    void set_guid(std::string value) {
        guid_ = std::move(value);
        must_be_rewritten_ = true;
    }

    /// The first line with its end; `next_uid` as it shall be told.
    std::string header_line(std::uint32_t next_uid) const;

private:
    bool parse_header(std::string_view line);
    bool parse_v3_header(std::string_view fields);
    bool parse_record(std::string_view line);

    std::unique_ptr<std::string> text_;  // on the heap: moving the map must not move what records_ look into
    int version_ = 0;
    std::uint32_t uid_validity_ = 0;
    std::uint32_t next_uid_ = 1;
    std::string guid_;
    std::string other_keys_;  // of the header, kept
    std::vector<UidRecord> records_;
    bool must_be_rewritten_ = false;
};

/// "<uid>[ <keys>] :<base>\n".
void append_record(std::string& text, const UidRecord& record);

}  // namespace mailpipe::store

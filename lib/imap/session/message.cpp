// SPDX-License-Identifier: ISC
#include "imap/session/message.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "io/wire_size.hpp"
#include "store/guid.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::size_t beginning_octets = 8 * 1024;  // most headers are within

Result<std::string> read_beginning(const Fd& file) {
    std::string text(beginning_octets, '\0');
    const auto n = ::read(file.number(), text.data(), text.size());
    if (n < 0) return failure(system_error(errno, "read a message"));
    text.resize(static_cast<std::size_t>(n));
    return text;
}

/// A file's time, and its name, may say anything; Time holds no more.
std::int64_t possible_date(std::int64_t seconds) {
    constexpr std::int64_t latest = 9'000'000'000;  // in the year 2255
    return std::clamp(seconds, -latest, latest);
}

}  // namespace

Result<std::int64_t> Message::internal_date() {
    if (record_.internal_date != store::Record::unknown_date) return possible_date(record_.internal_date);
    if (date_) return *date_;
    const auto date = source_.folder.internal_date(record_.uid).map(possible_date);
    if (date) date_ = *date;
    return date;
}

Result<std::uint64_t> Message::wire_octets() {
    if (record_.wire_octets != store::Record::unknown_octets) return record_.wire_octets;
    const auto whole = text();
    if (!whole) return failure(whole.error());
    return io::wire_octets(*whole);
}

Result<std::string_view> Message::text() {
    if (!file_) {
        const auto file = source_.folder.open_message(record_.uid);
        if (!file) return failure(file.error());
        auto mapped = MappedFile::open(*file, record_.octets);
        if (!mapped) return failure(mapped.error());
        file_.emplace(std::move(*mapped));
        // What the file's name says of its size need not be true.
        const bool is_known = record_.octets == file_->text().size() && record_.wire_octets != store::Record::unknown_octets;
        if (!is_known) source_.folder.measured(record_.uid, file_->text().size(), io::wire_octets(file_->text()));
    }
    return file_->text();
}

Result<std::string_view> Message::header() {
    if (file_ || record_.octets <= beginning_octets || record_.wire_octets == store::Record::unknown_octets) return text();
    const auto file = source_.folder.open_message(record_.uid);
    if (!file) return failure(file.error());
    auto beginning = read_beginning(*file);
    if (!beginning) return failure(beginning.error());
    beginning_ = std::move(*beginning);
    const bool is_whole = beginning_.find("\n\n") != beginning_.npos || beginning_.find("\n\r\n") != beginning_.npos;
    return is_whole ? Result<std::string_view>{beginning_} : text();
}

Result<Summary> Message::summary() {
    if (summary_) return *summary_;
    if (const auto payload = store::kept(source_.index, record_, store::EntryKind::summary)) summary_ = read_summary(*payload);
    if (summary_) return *summary_;
    const auto header = this->header();
    if (!header) return failure(header.error());
    made_summary_ = make_summary(*header);
    source_.batch.add(record_.uid, store::EntryKind::summary, made_summary_);
    summary_ = read_summary(made_summary_);
    if (!summary_) return failure({Fault::transient, "a summary that can't be read"});
    return *summary_;
}

Result<StructureEntry> Message::structure_entry() {
    if (entry_) return *entry_;
    const auto payload = store::kept(source_.index, record_, store::EntryKind::structure);
    if (payload) entry_ = read_structure_entry(*payload, record_.octets);
    if (entry_) return *entry_;
    const auto whole = text();
    if (!whole) return failure(whole.error());
    made_entry_ = make_structure_entry(*whole, mime::read_structure(*whole));
    source_.batch.add(record_.uid, store::EntryKind::structure, made_entry_);
    entry_ = read_structure_entry(made_entry_, whole->size());
    if (!entry_) return failure({Fault::transient, "a structure that can't be read"});
    return *entry_;
}

Result<const mime::Structure*> Message::structure() {
    if (structure_) return &*structure_;
    const auto whole = text();  // first: it tells the entry's reader the true size
    if (!whole) return failure(whole.error());
    const auto entry = structure_entry();
    if (!entry) return failure(entry.error());
    structure_ = structure_of(*entry);
    if (!structure_) structure_ = mime::read_structure(*whole);
    return &*structure_;
}

std::string email_id(const store::IndexFile& index, const store::Record& record) {
    const auto guid = store::written_guid(index.guid(record));  // as a copy has it
    return fmt::format("M{:016x}{:016x}", hash64(guid), hash64(guid + "2"));
}

std::int64_t save_date(const store::IndexFile& index, const store::Record& record, std::int64_t internal_date) {
    const auto seconds = store::parse_maildir_name(index.name(record)).arrival().seconds;
    return seconds == 0 ? internal_date : possible_date(static_cast<std::int64_t>(std::min<std::uint64_t>(seconds, INT64_MAX)));
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "store/index/expunge_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_set>

#include "base/files.hpp"

namespace mailpipe::store {

namespace {

const std::string log_name = "mailpipe-expunged";
const std::string new_log_name = "mailpipe-expunged.new";

/// The first one of a file: `uid` is its magic number, `modseq` where its knowledge begins.
struct Entry {
    std::uint32_t uid;
    std::uint32_t check;  // of what stands beside it: a torn entry ends the log
    std::uint64_t modseq;
};
constexpr std::uint32_t magic = 0x31657870;

std::uint32_t check_of(std::uint32_t uid, std::uint64_t modseq) {
    return ~(uid ^ static_cast<std::uint32_t>(modseq) ^ static_cast<std::uint32_t>(modseq >> 32));
}

Entry make_entry(std::uint32_t uid, std::uint64_t modseq) { return {uid, check_of(uid, modseq), modseq}; }
bool is_sound(const Entry& entry) { return entry.check == check_of(entry.uid, entry.modseq); }

std::string_view octets_of(const std::vector<Entry>& entries) {
    return {reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(Entry)};
}

/// All of a log, the first entry too; none of one that is damaged.
std::vector<Entry> read_log(const Fd& directory) {
    const auto file = open_read_at(directory, log_name);
    const auto text = file ? read_all(*file, 64 * 1024 * 1024) : failure(file.error());
    if (!text || text->empty() || text->size() % sizeof(Entry) != 0) return {};
    std::vector<Entry> entries(text->size() / sizeof(Entry));
    std::memcpy(entries.data(), text->data(), text->size());
    const bool is_log = !entries.empty() && entries.front().uid == magic && std::ranges::all_of(entries, is_sound);
    return is_log ? entries : std::vector<Entry>{};
}

Result<void> write_log(const Fd& directory, const std::vector<Entry>& entries) {
    (void)unlink_at(directory, new_log_name);
    const auto file = create_exclusive_at(directory, new_log_name);
    if (!file) return failure(file.error());
    if (auto r = write_all(*file, octets_of(entries)); !r) return r;
    return rename_at(directory, new_log_name, directory, log_name);
}

Result<void> append_entries(const Fd& directory, const std::vector<Entry>& entries) {
    const Fd file{::openat(directory.number(), log_name.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file) return failure(system_error(errno, "open " + log_name));
    const auto st = status(file);
    if (!st) return failure(st.error());
    if (st->st_size == 0 || st->st_size % sizeof(Entry) != 0) return failure({Fault::permanent, log_name + " is torn"});
    return write_all(file, octets_of(entries));
}

/// The newer half, if it has become too long.
Result<void> shorten(const Fd& directory) {
    const auto st = status_at(directory, log_name);
    if (!st || static_cast<std::size_t>(st->st_size) <= ExpungeLog::max_entries * sizeof(Entry)) return {};
    auto entries = read_log(directory);
    if (entries.size() < 2) return failure({Fault::permanent, log_name + " is damaged"});
    const auto kept = entries.size() / 2;
    const auto known_from = entries[entries.size() - kept - 1].modseq;
    entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(kept));
    entries.insert(entries.begin(), make_entry(magic, known_from));
    return write_log(directory, entries);
}

}  // namespace

void ExpungeLog::begin(std::uint64_t modseq) const {
    if (!write_log(directory_, {make_entry(magic, modseq)})) (void)unlink_at(directory_, log_name);
}

void ExpungeLog::append(std::span<const std::uint32_t> uids, std::uint64_t modseq) const {
    std::vector<Entry> entries;
    for (const auto uid : uids) entries.push_back(make_entry(uid, modseq));
    auto done = append_entries(directory_, entries);
    if (done) done = shorten(directory_);
    if (!done) begin(modseq);
}

void ExpungeLog::complete(std::vector<Expunged> expunged, std::uint64_t highest_modseq) const {
    const auto known = read_log(directory_);
    if (known.empty()) return begin(highest_modseq);
    const auto last = std::ranges::max(known, {}, &Entry::modseq).modseq;
    std::unordered_set<std::uint32_t> known_of_last;
    for (const auto& entry : known) {
        if (entry.modseq == last) known_of_last.insert(entry.uid);
    }
    std::erase_if(expunged, [&](const Expunged& one) {
        return one.modseq < last || (one.modseq == last && known_of_last.contains(one.uid));
    });
    std::vector<Entry> entries;
    for (const auto& one : expunged) entries.push_back(make_entry(one.uid, one.modseq));
    if (!append_entries(directory_, entries)) begin(highest_modseq);
}

std::uint64_t ExpungeLog::last() const {
    const auto entries = read_log(directory_);
    return entries.empty() ? 0 : std::ranges::max(entries, {}, &Entry::modseq).modseq;
}

std::optional<std::vector<std::uint32_t>> ExpungeLog::since(std::uint64_t modseq) const {
    const auto entries = read_log(directory_);
    if (entries.empty() || entries.front().modseq > modseq) return {};
    std::vector<std::uint32_t> uids;
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].modseq > modseq) uids.push_back(entries[i].uid);
    }
    std::ranges::sort(uids);
    return uids;
}

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
#include "store/maildirsize.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/number.hpp"
#include "base/unique_name.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

namespace {

constexpr const char* file_name = "maildirsize";
constexpr std::int64_t trusted_seconds = 15 * 60;  // how long a "no" needs no second look

const Error unusable{Fault::permanent, "maildirsize has to be made anew"};

/// "<octets> <messages>", with any blanks around.
bool add_line(Usage& sum, std::string_view line) {
    line = trim(line);
    const auto octets = take_number<std::int64_t>(line);
    const auto messages = to_number<std::int64_t>(trim(line));
    return octets && messages && !__builtin_add_overflow(sum.octets, *octets, &sum.octets) &&
           !__builtin_add_overflow(sum.messages, *messages, &sum.messages);
}

bool exceeds(std::int64_t used, std::int64_t more, std::uint64_t limit) {
    if (limit == 0 || more <= 0) return false;
    const auto added = static_cast<std::uint64_t>(more);
    const auto before = static_cast<std::uint64_t>(std::max<std::int64_t>(used, 0));
    return added > limit || before > limit - added;
}

bool fits(const Quota& quota, const Usage& used, const Usage& more) {
    return !exceeds(used.octets, more.octets, quota.octets) && !exceeds(used.messages, more.messages, quota.messages);
}

struct Counted {
    Usage used;
    std::vector<std::pair<std::string, timespec>> directories;  // as they were before they were read
};

Result<void> count_directory(const Fd& root, const std::string& path, Counted& counted) {
    const auto directory = open_directory_at(root, path);
    if (!directory && directory.error().number == ENOENT) return {};
    if (!directory) return failure(directory.error());
    const auto before = status(*directory);
    if (!before) return failure(before.error());
    counted.directories.emplace_back(path, before->st_mtim);
    return scan_directory(*directory, [&](const DirectoryEntry& entry) {
        if (!is_message_name(entry.name)) return true;
        auto octets = parse_maildir_name(entry.name).octets();
        if (!octets) {
            const auto st = status_at(*directory, std::string{entry.name});
            if (!st) return true;  // gone meanwhile
            octets = static_cast<std::uint64_t>(st->st_size);
        }
        counted.used.add_message(*octets);
        return true;
    });
}

Result<Counted> count_all(const Fd& root) {
    std::vector<std::string> folders{"."};
    const auto scanned = scan_directory(root, [&](const DirectoryEntry& entry) {
        const bool may_be_directory = entry.type == DT_DIR || entry.type == DT_UNKNOWN;
        if (may_be_directory && entry.name.size() > 1 && entry.name.front() == '.') folders.emplace_back(entry.name);
        return true;
    });
    if (!scanned) return failure(scanned.error());
    Counted counted;
    for (const auto& folder : folders) {
        for (const auto* part : {"/new", "/cur"}) {
            if (auto r = count_directory(root, folder + part, counted); !r && r.error().number != ENOTDIR)
                return failure(r.error());
        }
    }
    return counted;
}

bool same_time(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

Result<void> write_file(const Fd& root, const Quota& quota, const Usage& used) {
    const auto tmp = open_directory_at(root, "tmp");
    if (!tmp) return failure(tmp.error());
    const auto name = unique_name(system_clock().now(), file_name);
    const auto file = create_exclusive_at(*tmp, name);
    if (!file) return failure(file.error());
    const auto text = fmt::format("{}\n{} {}\n", to_string(quota), used.octets, used.messages);
    auto done = write_all(*file, text);
    if (done) done = rename_at(*tmp, name, root, file_name);
    if (!done) (void)unlink_at(*tmp, name);
    return done;
}

/// Counts, and writes the file; takes it away again when messages came or went meanwhile, so that the next one counts.
Result<Usage> recount(const Fd& root, const Quota& quota) {
    const auto counted = count_all(root);
    if (!counted) return failure(counted.error());
    if (!write_file(root, quota, counted->used))
        return counted->used;  // read-only for us: the count is right all the same
    for (const auto& [path, before] : counted->directories) {
        const auto now = status_at(root, path);
        if (now && same_time(now->st_mtim, before)) continue;
        (void)unlink_at(root, file_name);
        break;
    }
    return counted->used;
}

struct Reading {
    Maildirsize content;
    bool is_old;
};

Result<Reading> read_maildirsize(const Fd& root) {
    const auto file = open_read_at(root, file_name);
    if (!file) return failure(file.error());
    const auto st = status(*file);
    if (!st) return failure(st.error());
    const auto text = read_all(*file, maildirsize_max_octets);
    if (!text) return failure(text.error());
    const auto content = parse_maildirsize(*text);
    if (!content) return failure(content.error());
    return Reading{*content, std::time(nullptr) - st->st_mtime > trusted_seconds};
}

/// What the file says; nothing when all has to be counted to know.
std::optional<bool> room_by_file(const Fd& root, const Quota& quota, const Usage& more) {
    const auto read = read_maildirsize(root);
    if (!read || read->content.quota != quota) return {};
    if (fits(quota, read->content.used, more)) return true;
    if (read->content.lines == 1 && !read->is_old) return false;
    return {};
}

}  // namespace

Result<Maildirsize> parse_maildirsize(std::string_view text) {
    if (text.size() >= maildirsize_max_octets) return failure(unusable);
    Maildirsize parsed{};
    for (bool first = true; !text.empty(); first = false) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return failure(unusable);
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (first) {
            const auto quota = parse_quota(line);
            if (!quota) return failure(unusable);
            parsed.quota = *quota;
            continue;
        }
        if (!add_line(parsed.used, line)) return failure(unusable);
        ++parsed.lines;
    }
    if (parsed.lines == 0 || parsed.used.octets < 0 || parsed.used.messages < 0) return failure(unusable);
    return parsed;
}

Result<bool> has_room(const Fd& root, const Quota& quota, const Usage& more) {
    if (const auto room = room_by_file(root, quota, more)) return *room;
    const auto used = recount(root, quota);
    if (!used) return failure(used.error());
    return fits(quota, *used, more);
}

void record_usage(const Fd& root, const Usage& change) {
    const Fd file{::openat(root.number(), file_name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file) return;
    (void)write_all(file, fmt::format("{} {}\n", change.octets, change.messages));
}

Result<QuotaUse> quota_use(const Fd& root, const Quota& quota) {
    const auto read = read_maildirsize(root);
    const auto& limits = quota.is_set() || !read ? quota : read->content.quota;
    if (read && room_by_file(root, limits, {1, 1})) return QuotaUse{limits, read->content.used};
    if (limits.is_set()) return recount(root, limits).map([&](const Usage& used) { return QuotaUse{limits, used}; });
    return count_all(root).map([&](const Counted& counted) { return QuotaUse{limits, counted.used}; });
}

std::optional<bool> over_quota(const std::string& path, const Quota& quota, std::int64_t octets) {
    if (!quota.is_set()) return {};
    const auto root = open_directory(path);
    const auto room = root ? room_by_file(*root, quota, {octets, 1}) : std::nullopt;
    return room ? std::optional{!*room} : std::nullopt;
}

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
#include "queue/full_mailboxes.hpp"

#include <fcntl.h>

#include <charconv>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"

namespace mailpipe::queue {

namespace {

constexpr std::uint64_t trace_octets = 1024;  // what a message grows by on its way into the spool, and more
constexpr std::size_t max_mark_octets = 32;

/// Letters are small; whatever is not fit for a file's name is "%" and two digits.
std::string mark_name(std::string_view user) {
    std::string name;
    for (const char c : lower(user)) {
        const bool plain = is_alnum(c) || c == '@' || c == '_' || c == '+' || c == '-' || c == '=' ||
                           (c == '.' && !name.empty());
        if (plain) name += c;
        else name += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
    return name;
}

/// Nothing where there is none, or a file that is no mark.
std::optional<FullMark> read_mark(const Spool& spool, const std::string& name) {
    const auto file = open_read_at(spool.full_mailboxes(), name);
    if (!file) return {};
    const auto st = status(*file);
    const auto text = read_all(*file, max_mark_octets);
    if (!st || !text || !text->ends_with('\n')) return {};
    const auto* end = text->data() + text->size() - 1;
    FullMark mark{0, st->st_mtime};
    const auto [stop, ec] = std::from_chars(text->data(), end, mark.octets);
    return ec == std::errc{} && stop == end ? std::optional{mark} : std::nullopt;
}

Result<void> write_mark(const Spool& spool, const std::string& name, const FullMark& mark) {
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    const Fd file{::openat(spool.full_mailboxes().number(), name.c_str(), flags, 0600)};
    if (!file) return failure({Fault::transient, system_error(errno, fmt::format("write full/{}", name)).what, {}, errno});
    if (auto written = write_all(file, fmt::format("{}\n", mark.octets)); !written) return written;
    return set_modified(file, mark.time);  // by our clock, not by a file server's
}

}  // namespace

/// One that comes from the future does not hold for ever.
bool FullMark::is_fresh(std::int64_t now) const {
    return std::abs(now - time) < std::chrono::seconds{lifetime}.count();
}

bool is_full_for(const Spool& spool, std::string_view user, std::uint64_t octets, Time now) {
    const auto mark = read_mark(spool, mark_name(user));
    return mark && mark->is_fresh(unix_seconds(now)) && mark->octets <= octets + trace_octets;
}

Result<void> FullMailboxes::refresh() {
    std::vector<std::string> names;
    auto scanned = scan_directory(spool_.full_mailboxes(), [&](const DirectoryEntry& entry) {
        names.emplace_back(entry.name);
        return true;
    });
    if (!scanned) return scanned;
    marks_.clear();
    for (auto& name : names) {
        const auto mark = read_mark(spool_, name);
        if (!mark) continue;
        if (mark->is_fresh(unix_seconds(clock_.now()))) marks_.emplace(std::move(name), *mark);
        else static_cast<void>(unlink_at(spool_.full_mailboxes(), name));
    }
    return {};
}

Result<void> FullMailboxes::add(std::string_view user, std::uint64_t octets) {
    auto name = mark_name(user);
    const FullMark mark{octets, unix_seconds(clock_.now())};
    const auto known = marks_.find(name);
    // That less has not fitted says more, and does not become younger by this.
    if (known != marks_.end() && known->second.octets < octets && known->second.is_fresh(mark.time)) return {};
    if (auto written = write_mark(spool_, name, mark); !written) return written;
    marks_.insert_or_assign(std::move(name), mark);
    return {};
}

void FullMailboxes::remove(std::string_view user, std::uint64_t octets) {
    if (marks_.empty()) return;
    const auto known = marks_.find(mark_name(user));
    if (known == marks_.end() || known->second.octets > octets) return;
    static_cast<void>(unlink_at(spool_.full_mailboxes(), known->first));
    marks_.erase(known);
}

}  // namespace mailpipe::queue

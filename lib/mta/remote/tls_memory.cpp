// SPDX-License-Identifier: ISC
#include "mta/remote/tls_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/number.hpp"
#include "base/unique_name.hpp"
#include "dns/name.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view level_names[] = {"plain", "encrypted", "verified"};
constexpr std::size_t max_file_octets = 64;
constexpr std::chrono::hours rewritten_after{24};
constexpr std::chrono::hours swept_after{24};
const std::string sweep_mark = ".swept";

std::int64_t seconds(std::chrono::seconds time) { return time.count(); }

/// A-labels are names already. In literals, and what is no domain at all, what is not fit for a file's name is "%" and two digits.
std::string file_name(std::string_view domain) {
    const auto ascii = dns::to_ascii_name(domain);
    std::string name;
    for (const char c : ascii ? *ascii : lower(domain)) {
        const bool is_plain = is_alnum(c) || c == '-' || c == '_' || (c == '.' && !name.empty());
        if (is_plain) name += c;
        else name += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
    return name;
}

/// Hidden, so that it is nobody's domain: file_name() begins with no dot.
std::string temporary_name(Time now) {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host = {'?'};
    return "." + unique_name(now, host.data());
}

}  // namespace

std::string_view to_string(SeenTls level) { return level_names[static_cast<std::size_t>(level)]; }

/// "LEVEL SECONDS\n"; of a clock that runs ahead of ours by a lifetime nothing is believed.
TlsMemory::Seen TlsMemory::read(const std::string& name) const {
    const auto file = open_read_at(spool_.seen_tls(), name);
    if (!file) return {};
    const auto text = read_all(*file, max_file_octets);
    if (!text || !text->ends_with('\n')) return {};
    const auto line = std::string_view{*text}.substr(0, text->size() - 1);
    const auto blank = line.find(' ');
    const auto level = std::ranges::find(level_names, line.substr(0, blank));
    if (level == std::end(level_names) || blank == std::string_view::npos) return {};
    const auto time = to_number<std::int64_t>(line.substr(blank + 1));
    if (!time || *time < 0 || std::abs(unix_seconds(clock_.now()) - *time) >= seconds(lifetime)) return {};
    return {static_cast<SeenTls>(level - level_names), *time};
}

SeenTls TlsMemory::level(std::string_view domain) const { return read(file_name(domain)).level; }

/// Nothing is synced: what a crash of the host takes is seen again with the next message, and a file without its text says
/// as little as none. Two who write at once both write what they saw; the lower one may win, until the next session.
Result<void> TlsMemory::saw(std::string_view domain, SeenTls level) {
    if (level == SeenTls::plain) return {};
    const auto name = file_name(domain);
    const auto known = read(name);
    const auto now = unix_seconds(clock_.now());
    if (level < known.level || (level == known.level && std::abs(now - known.time) < seconds(rewritten_after))) return {};

    const auto temporary = temporary_name(clock_.now());
    const auto file = create_exclusive_at(spool_.seen_tls(), temporary);
    if (!file) return failure({Fault::transient, file.error().what, {}, file.error().number});
    auto written = write_all(*file, fmt::format("{} {}\n", to_string(level), now));
    if (written) written = rename_at(spool_.seen_tls(), temporary, spool_.seen_tls(), name);
    if (written) return {};
    ::unlinkat(spool_.seen_tls().number(), temporary.c_str(), 0);
    return failure({Fault::transient, written.error().what, {}, written.error().number});
}

/// By the files' own times, which saw() renews with the text: no file has to be read.
Result<void> TlsMemory::sweep() {
    const auto& directory = spool_.seen_tls();
    const auto now = unix_seconds(clock_.now());
    const auto mark = status_at(directory, sweep_mark);
    if (mark && std::abs(now - mark->st_mtime) < seconds(swept_after)) return {};
    auto file = mark ? open_read_at(directory, sweep_mark) : create_exclusive_at(directory, sweep_mark);
    if (!file && file.error().number == EEXIST) return {};  // another has just begun
    auto marked = file ? set_modified(*file, now) : failure(file.error());
    if (!marked) return failure({Fault::transient, marked.error().what, {}, marked.error().number});

    std::vector<std::string> names;
    auto scanned = scan_directory(directory, [&](const DirectoryEntry& entry) {
        names.emplace_back(entry.name);
        return true;
    });
    if (!scanned) return scanned;
    for (const auto& name : names) {
        const auto st = status_at(directory, name);
        if (st && st->st_mtime <= now - seconds(lifetime)) ::unlinkat(directory.number(), name.c_str(), 0);  // another may have been first
    }
    return {};
}

}  // namespace mailpipe::mta

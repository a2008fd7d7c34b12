// SPDX-License-Identifier: ISC
#include "store/uid_validity.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/files.hpp"

namespace mailpipe::store {

namespace {

constexpr std::string_view file_name = "dovecot-uidvalidity";
constexpr int attempts = 10;  // others count at the same time

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.size() != 8 || error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

std::string marker(std::uint32_t value) { return fmt::format("{}.{:08x}", file_name, value); }

/// What the 8 digits say; 0 without.
std::uint32_t read_digits(const Fd& root) {
    const auto file = open_read_at(root, std::string{file_name});
    if (!file) return 0;
    const auto text = read_all(*file, 16);
    return text ? parse_hex(*text).value_or(0) : 0;
}

/// The highest of the marker files; 0 without.
std::uint32_t highest_marker(const Fd& root) {
    std::uint32_t highest = 0;
    (void)scan_directory(root, [&](const DirectoryEntry& entry) {
        if (!entry.name.starts_with(file_name) || entry.name.size() != file_name.size() + 9) return true;
        highest = std::max(highest, parse_hex(entry.name.substr(file_name.size() + 1)).value_or(0));
        return true;
    });
    return highest;
}

void write_digits(const Fd& root, std::uint32_t value) {
    const Fd file{::openat(root.number(), file_name.data(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)};
    if (file) (void)write_all(file, fmt::format("{:08x}", value));
}

/// Renaming the marker is what counts atomically; the digits only say where to begin. 0: there is no such marker.
std::uint32_t advance(const Fd& root, std::uint32_t value) {
    for (int i = 0; value != 0 && i < attempts; ++i, ++value) {
        if (!rename_at(root, marker(value), root, marker(value + 1))) continue;
        write_digits(root, value + 1);
        return value + 1;
    }
    return 0;
}

std::uint32_t begin(const Fd& root, std::uint32_t value) {
    for (int i = 0; i < attempts; ++i, ++value) {
        const Fd created{::openat(root.number(), marker(value).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444)};
        if (!created && errno == EEXIST) continue;
        if (created) write_digits(root, value);
        break;
    }
    return value;
}

}  // namespace

std::uint32_t next_uid_validity(const Fd& root, const Clock& clock, std::uint32_t old) {
    if (const auto value = advance(root, read_digits(root)); value > old) return value;
    if (const auto value = advance(root, highest_marker(root)); value > old) return value;
    return begin(root, std::max(static_cast<std::uint32_t>(unix_seconds(clock.now())), old + 1));
}

}  // namespace mailpipe::store

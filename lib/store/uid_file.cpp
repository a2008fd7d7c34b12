// SPDX-License-Identifier: ISC
#include "store/uid_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/files.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

namespace {
const std::string file_name = uid_file_name;
const std::string courier_file_name = "courierimapuiddb";
constexpr std::size_t max_octets = std::size_t{1} << 30;  // ten million messages
constexpr std::size_t few_records = 100;                  // not worth a tidy-up
}  // namespace

Result<UidMap> read_uid_map(const Fd& folder) {
    auto file = open_read_at(folder, file_name);
    if (!file && file.error().number == ENOENT) file = open_read_at(folder, courier_file_name);
    if (!file) {
        if (file.error().number == ENOENT) return UidMap{};
        return failure(file.error());
    }
    auto text = read_all(*file, max_octets);
    if (!text) return failure(text.error());
    return UidMap::parse(std::move(*text));
}

Result<Dotlock> lock_uid_map(const Fd& folder) {
    return Dotlock::take(folder, file_name, {.wait = 30s, .stale = 120s});
}

Result<void> append_uid_records(const Fd& folder, std::string_view records) {
    const Fd file{::openat(folder.number(), file_name.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!file) return failure(system_error(errno, "open " + file_name));
    if (auto r = write_all(file, records); !r) return r;
    return sync(file);
}

Result<void> extend_uid_map(const Fd& folder, const UidMap& map, const UidMapExtension& extension) {
    const bool tidy = map.records().size() > few_records && extension.live < map.records().size() / 2;
    if (!map.must_be_rewritten() && !tidy) return append_uid_records(folder, extension.records);
    std::string text = map.header_line(extension.next_uid);
    for (const auto& record : map.records()) {
        if (extension.is_there(record.base)) append_record(text, record);
    }
    text += extension.records;
    return replace_uid_map(folder, text);
}

Result<void> replace_uid_map(const Fd& folder, std::string_view text) {
    // Synced, or a crash could bring the old one back, and clients have been told the new UIDVALIDITY.
    return replace_file_at(folder, file_name, text);
}

}  // namespace mailpipe::store

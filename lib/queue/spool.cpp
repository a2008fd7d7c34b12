// SPDX-License-Identifier: ISC
#include "queue/spool.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/unique_name.hpp"
#include "queue/envelope.hpp"
#include "queue/file_name.hpp"

namespace mailpipe::queue {

namespace {

Result<Fd> open_or_make(const std::string& path) {
    auto directory = open_directory(path);
    if (directory || directory.error().number != ENOENT) return directory;
    if (auto made = make_directories(path); !made) return failure(made.error());
    return open_directory(path);
}

}  // namespace

Result<void> NewMessage::write(std::string_view text) {
    wire_size_.add(text);
    return file_.write(text);
}

Result<void> NewMessage::commit() {
    const auto name = to_string(FileName{id_, octets(), wire_octets()});
    auto published = file_.publish(*directory_, name);
    if (!published && published.error().number != EEXIST) ::unlinkat(directory_->number(), name.c_str(), 0);
    return published;
}

Result<Spool> Spool::open(const std::string& path) {
    Spool spool{path};
    const std::pair<std::string_view, Fd*> directories[] = {{"tmp", &spool.tmp_},   {"new", &spool.new_},
                                                            {"cur", &spool.cur_},   {"work", &spool.work_},
                                                            {"hold", &spool.hold_}, {"full", &spool.full_},
                                                            {"tls", &spool.tls_}};
    for (const auto& [name, fd] : directories) {
        auto directory = open_or_make(fmt::format("{}/{}", path, name));
        if (!directory) return failure(directory.error());
        *fd = std::move(*directory);
    }
    return spool;
}

Result<NewMessage> Spool::begin(std::string id, const mail::Envelope& envelope) const {
    if (!is_unique_name(id)) return failure({Fault::permanent, fmt::format("'{}' is no id of a message", id)});
    const auto fields = format_envelope(envelope);
    if (!fields) return failure(fields.error());
    auto file = NewFile::create(tmp_, id);
    if (!file) return failure(file.error());
    NewMessage message{std::move(*file), new_, std::move(id)};
    if (auto written = message.write(*fields); !written) return failure(written.error());
    return message;
}

std::optional<std::uint64_t> Spool::free_octets() const {
    struct statvfs disk {};
    if (::fstatvfs(tmp_.number(), &disk) != 0 || disk.f_blocks == 0) return std::nullopt;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

}  // namespace mailpipe::queue

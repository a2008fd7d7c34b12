// SPDX-License-Identifier: ISC
#include "base/new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/files.hpp"

namespace mailpipe {

namespace {
constexpr std::size_t gather_octets = 64 * 1024;
}

NewFile::NewFile(Fd file, const Fd& tmp, std::string tmp_name)
    : file_(std::move(file)), tmp_(tmp.number()), tmp_name_(std::move(tmp_name)) {}

NewFile::~NewFile() {
    if (file_ && !tmp_name_.empty()) ::unlinkat(tmp_, tmp_name_.c_str(), 0);
}

Result<NewFile> NewFile::create(const Fd& tmp, std::string fallback_name) {
    const int unnamed = ::openat(tmp.number(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (unnamed >= 0) return NewFile{Fd{unnamed}, tmp, {}};
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL) {
        return failure(system_error(errno, "create an unnamed file"));
    }
    return create_named(tmp, std::move(fallback_name));
}

Result<NewFile> NewFile::create_named(const Fd& tmp, std::string name) {
    auto named = create_exclusive_at(tmp, name);
    if (!named) return failure(named.error());
    return NewFile{std::move(*named), tmp, std::move(name)};
}

Result<void> NewFile::write(std::string_view data) {
    size_ += data.size();
    if (pending_.size() + data.size() <= gather_octets) {
        pending_.append(data);
        return {};
    }
    if (auto r = flush(); !r) return r;
    if (data.size() >= gather_octets) return write_all(file_, data);
    pending_.assign(data);
    return {};
}

Result<void> NewFile::flush() {
    auto written = write_all(file_, pending_);
    std::string{}.swap(pending_);  // there may be many, each of which waits for the others
    return written;
}

Result<void> NewFile::link(const Fd& directory, const std::string& name) {
    if (auto r = flush(); !r) return r;
    if (auto r = sync(file_); !r) return r;
    if (tmp_name_.empty()) return link_open_file(file_, directory, name);
    if (::linkat(tmp_, tmp_name_.c_str(), directory.number(), name.c_str(), 0) == 0) return {};
    return failure(system_error(errno, fmt::format("link {}", name)));
}

Result<void> NewFile::publish(const Fd& directory, const std::string& name) {
    if (auto r = link(directory, name); !r) return r;
    return sync(directory);
}

}  // namespace mailpipe

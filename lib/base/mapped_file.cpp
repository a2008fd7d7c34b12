// SPDX-License-Identifier: ISC
#include "base/mapped_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/files.hpp"

namespace mailpipe {

namespace {

constexpr std::size_t max_copied = 64 * 1024;  // a map, its page faults and its end cost more than a copy of that

}  // namespace

Result<MappedFile> MappedFile::open(const Fd& file) {
    const auto st = status(file);
    if (!st) return failure(st.error());
    MappedFile mapped;
    const auto octets = static_cast<std::size_t>(st->st_size);
    if (!S_ISREG(st->st_mode) || octets <= max_copied) {
        if (auto r = mapped.read_to_the_end(file, octets); !r) return failure(r.error());
        return mapped;
    }
    const auto offset = ::lseek(file.number(), 0, SEEK_CUR);
    if (offset < 0) return failure(system_error(errno, "lseek"));
    void* place = ::mmap(nullptr, octets, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (place == MAP_FAILED) return failure(system_error(errno, "map a file"));
    mapped.mapped_ = {static_cast<const char*>(place), octets};
    mapped.begin_ = std::min(static_cast<std::size_t>(offset), octets);
    return mapped;
}

Result<MappedFile> MappedFile::open(const Fd& file, std::size_t expected) {
    MappedFile read;
    if (expected <= max_copied && read.read_at_once(file, expected)) return read;
    return open(file);
}

/// False where there are more or less: the file stands where it stood.
bool MappedFile::read_at_once(const Fd& file, std::size_t octets) {
    read_.reset(new char[octets + 1]);  // not zeroed
    read_octets_ = octets;
    const auto n = ::read(file.number(), read_.get(), octets + 1);
    if (n == static_cast<ssize_t>(octets)) return true;
    if (n > 0) (void)::lseek(file.number(), -n, SEEK_CUR);
    return false;
}

Result<void> MappedFile::read_to_the_end(const Fd& file, std::size_t expected) {
    for (std::size_t room = 0;;) {
        if (read_octets_ == room) {
            room = std::max(2 * room, expected + 1);
            std::unique_ptr<char[]> larger(new char[room]);
            std::copy_n(read_.get(), read_octets_, larger.get());
            read_ = std::move(larger);
        }
        const auto n = ::read(file.number(), read_.get() + read_octets_, room - read_octets_);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "read"));
        if (n == 0) return {};
        read_octets_ += static_cast<std::size_t>(n);
    }
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : mapped_(std::exchange(other.mapped_, {})), begin_(other.begin_), read_(std::move(other.read_)), read_octets_(other.read_octets_) {}

MappedFile::~MappedFile() {
    if (!mapped_.empty()) ::munmap(const_cast<char*>(mapped_.data()), mapped_.size());
}

}  // namespace mailpipe

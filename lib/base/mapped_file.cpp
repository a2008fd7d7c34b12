// SPDX-License-Identifier: ISC
#include "base/mapped_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
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
        auto text = read_all(file, std::numeric_limits<std::size_t>::max());
        if (!text) return failure(text.error());
        mapped.read_ = std::move(*text);
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

MappedFile::MappedFile(MappedFile&& other) noexcept
    : mapped_(std::exchange(other.mapped_, {})), begin_(other.begin_), read_(std::move(other.read_)) {}

MappedFile::~MappedFile() {
    if (!mapped_.empty()) ::munmap(const_cast<char*>(mapped_.data()), mapped_.size());
}

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
#include "base/mapped_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "base/files.hpp"

namespace mailpipe {

Result<MappedFile> MappedFile::open(const Fd& file) {
    const auto st = status(file);
    if (!st) return failure(st.error());
    MappedFile mapped;
    if (!S_ISREG(st->st_mode)) {
        auto text = read_all(file, std::numeric_limits<std::size_t>::max());
        if (!text) return failure(text.error());
        mapped.read_ = std::move(*text);
        return mapped;
    }
    if (st->st_size == 0) return mapped;  // can't be mapped
    const auto octets = static_cast<std::size_t>(st->st_size);
    void* place = ::mmap(nullptr, octets, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (place == MAP_FAILED) return failure(system_error(errno, "map a file"));
    mapped.mapped_ = {static_cast<const char*>(place), octets};
    return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : mapped_(std::exchange(other.mapped_, {})), read_(std::move(other.read_)) {}

MappedFile::~MappedFile() {
    if (!mapped_.empty()) ::munmap(const_cast<char*>(mapped_.data()), mapped_.size());
}

}  // namespace mailpipe

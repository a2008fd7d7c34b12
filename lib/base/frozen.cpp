// SPDX-License-Identifier: ISC
#include "base/frozen.hpp"

#include <sys/mman.h>

#include <cerrno>

#include "base/files.hpp"

namespace mailpipe {

Result<Frozen> Frozen::copy_of(std::string_view octets) {
    Frozen frozen;
    if (octets.empty()) return frozen;
    const Fd file{::memfd_create("table", MFD_CLOEXEC)};
    if (!file) return failure(system_error(errno, "memfd_create"));
    if (auto r = write_all(file, octets); !r) return failure(r.error());
    void* at = ::mmap(nullptr, octets.size(), PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (at == MAP_FAILED) return failure(system_error(errno, "mmap"));
    frozen.octets_ = {static_cast<const char*>(at), octets.size()};
    return frozen;
}

Frozen& Frozen::operator=(Frozen&& other) noexcept {
    std::swap(octets_, other.octets_);
    return *this;
}

Frozen::~Frozen() {
    if (!octets_.empty()) ::munmap(const_cast<char*>(octets_.data()), octets_.size());
}

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
// A whole file to look at, without a copy of it where it can be mapped.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe {

class MappedFile {
public:
    /// From the descriptor's offset on. A regular file is mapped, unless it is small: it must not be cut while it is looked at,
    /// as mail never is. Anything else is read to its end. Errors: as the system's.
    static Result<MappedFile> open(const Fd& file);
    /// The same for a regular file of which somebody has said that it has so many octets: where that is true, the system is
    /// asked once.
    static Result<MappedFile> open(const Fd& file, std::size_t expected);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&&) = delete;
    ~MappedFile();

    std::string_view text() const { return mapped_.empty() ? std::string_view{read_.get(), read_octets_} : mapped_.substr(begin_); }

private:
    MappedFile() = default;

    bool read_at_once(const Fd& file, std::size_t octets);
    Result<void> read_to_the_end(const Fd& file, std::size_t expected);

    std::string_view mapped_;
    std::size_t begin_ = 0;
    std::unique_ptr<char[]> read_;
    std::size_t read_octets_ = 0;
};

}  // namespace mailpipe

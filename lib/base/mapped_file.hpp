// SPDX-License-Identifier: ISC
// A whole file to look at, without a copy of it where it can be mapped.
#pragma once

#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe {

class MappedFile {
public:
    /// From the descriptor's offset on. A regular file is mapped, unless it is small: it must not be cut while it is looked at,
    /// as mail never is. Anything else is read to its end. Errors: as the system's.
    static Result<MappedFile> open(const Fd& file);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&&) = delete;
    ~MappedFile();

    std::string_view text() const { return mapped_.empty() ? std::string_view{read_} : mapped_.substr(begin_); }

private:
    MappedFile() = default;

    std::string_view mapped_;
    std::size_t begin_ = 0;
    std::string read_;
};

}  // namespace mailpipe

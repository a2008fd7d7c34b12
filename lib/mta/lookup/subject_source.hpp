// SPDX-License-Identifier: ISC
// The domains to look up: arguments, or a line each of a descriptor, read as they are needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::mta {

class SubjectSource {
public:
    /// Longer lines are no domains: so much of them is kept.
    static constexpr std::size_t max_line_octets = 1024;

    explicit SubjectSource(std::vector<std::string> names);
    /// `descriptor` is borrowed. Lines that are empty, or have only blanks, are passed over.
    explicit SubjectSource(int descriptor) : descriptor_(descriptor) {}

    /// The next one, if it is there without waiting; else nothing: at the end, or until there is more to read.
    /// Errors: of the read; then it is at the end.
    Result<std::optional<std::string>> next();
    bool is_at_end() const { return is_at_end_; }
    /// To be polled for input while next() has nothing; -1 for arguments.
    int descriptor() const { return descriptor_; }
    /// Of the one that next() gave last, from 1.
    std::uint64_t number() const { return number_; }

private:
    std::optional<std::string> take_line();
    Result<void> read_more();

    int descriptor_ = -1;
    std::vector<std::string> names_;
    std::string input_;
    std::size_t begin_ = 0;        // of what has not been taken of it
    bool is_at_end_ = false;
    bool has_ended_ = false;       // nothing more can be read
    std::uint64_t number_ = 0;
};

}  // namespace mailpipe::mta

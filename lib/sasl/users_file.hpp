// SPDX-License-Identifier: ISC
// A users(5) file in memory: read once, looked up by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/frozen.hpp"
#include "base/result.hpp"
#include "sasl/user.hpp"

namespace mailpipe::sasl {

class UsersFile {
public:
    static constexpr std::size_t max_octets = 64 * 1024 * 1024;

    /// Reads and checks all of it. Errors: 78 with file and line: grammar, a name that stands twice, too long; transient
    /// when the disk fails.
    static Result<UsersFile> load(const std::string& path);
    static Result<UsersFile> parse(std::string text, const std::string& path);

    /// Whatever the case of ASCII letters. Touches a page or two of the table, whatever its size.
    std::optional<User> find(std::string_view name) const;

    /// A password of the kind that most users have, for spending the same time on who does not exist; empty: no user
    /// has one.
    const std::string& typical_password() const { return typical_password_; }

    /// Can all that have a password here log in by SCRAM? Nothing: nobody has one.
    std::optional<bool> serves_scram() const { return serves_scram_; }
    /// 32 octets that nobody can guess who has not read the file: the same as long as it is, on every host.
    const std::string& secret() const { return secret_; }

private:
    Frozen memory_;                          // the text, then the table
    std::string_view text_;
    std::span<const std::uint32_t> table_;   // by hash: where a line begins, plus one; 0 is free
    std::string typical_password_;
    std::optional<bool> serves_scram_;
    std::string secret_;                     // where SCRAM is served
};

}  // namespace mailpipe::sasl

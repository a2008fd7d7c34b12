// SPDX-License-Identifier: ISC
// A program that knows passwords: the checkpassword interface (https://cr.yp.to/checkpwd/interface.html).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sasl/user.hpp"

namespace mailpipe::sasl {

class Checkpassword {
public:
    /// `command`: the program's path, and arguments parted by blanks. Errors: 78 when it is not there.
    static Result<Checkpassword> open(const std::string& command);

    /// Runs it, for at most 30 seconds, with env(1) as the program that it starts after success: so $HOME and the uid
    /// and gid that it has become are learned. Nothing: wrong password, or no such user.
    /// Errors: transient, for exit status 111 and whatever else is neither 0 nor 1.
    Result<std::optional<User>> check(std::string_view name, std::string_view password) const;

private:
    std::string command_;
};

}  // namespace mailpipe::sasl

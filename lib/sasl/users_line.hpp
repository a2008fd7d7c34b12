// SPDX-License-Identifier: ISC
// The grammar of users(5): Dovecot's passwd-file, one user a line.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "sasl/user.hpp"

namespace mailpipe::sasl {

/// True for an empty line and a comment.
bool is_blank_line(std::string_view line);

/// What stands before the first ':', the key of the table.
std::string_view name_in(std::string_view line);
/// What stands between the first and the second ':'.
std::string_view password_in(std::string_view line);

/// name[:password[:uid[:gid[:gecos[:home[:shell[:extra]]]]]]], extra being words parted by blanks. Names of users and
/// groups in place of numbers are looked up. Errors: permanent, with what is wrong.
Result<User> parse_users_line(std::string_view line);

}  // namespace mailpipe::sasl

// SPDX-License-Identifier: ISC
// Who has a mailbox here and who may log in: users(5) files and checkpassword programs, asked in their order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "sasl/checkpassword.hpp"
#include "sasl/scram_keys.hpp"
#include "sasl/user.hpp"
#include "sasl/users_file.hpp"

namespace mailpipe::sasl {

class Users {
public:
    /// Each source is the path of a file, or "checkpassword:PROGRAM [ARGUMENT...]". Errors: 78.
    static Result<Users> open(const std::vector<std::string>& sources);

    /// Who is listed in a file under that name, whatever the case of ASCII letters. Programs can't tell.
    std::optional<User> find(std::string_view name) const;

    /// The user, if the password is right. A file that lists the user with a password decides; one that lists it
    /// without leaves that to the programs behind it, and adds what it knows (home, quota).
    /// A refusal takes about as long for a user who does not exist, but for the time of programs that are asked.
    /// Errors: transient (454 4.7.0, [AUTH] [SYS/TEMP]).
    Result<std::optional<User>> verify(std::string_view name, std::string_view password) const;

    /// Can everybody who has a password log in by SCRAM-SHA-256? Clients choose it where they see it, and try nothing
    /// else after it fails. Not with programs, and not where nobody has a password.
    bool serves_scram() const;
    /// Who is listed under that name, with the keys; somebody else's keys for whoever is not, or can't log in by SCRAM:
    /// with a salt that belongs to the name as long as the files stay as they are. Takes as long for both.
    ScramUser find_for_scram(std::string_view name) const;
    /// That as a function where serves_scram(), else an empty one.
    FindScramUser scram_finder() const;

private:
    using Source = std::variant<UsersFile, Checkpassword>;
    std::string_view typical_password() const;
    std::string salt_for(std::string_view name, std::size_t octets) const;

    std::vector<Source> sources_;
};

}  // namespace mailpipe::sasl

// SPDX-License-Identifier: ISC
// Who calls sendmail, and in whose name.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::mta {

struct Caller {
    std::string login;
    std::string full_name;  ///< of passwd(5); may be empty
};

/// Nothing for a user that passwd(5) does not know. Errors: transient, where passwd(5) can't be asked.
Result<std::optional<Caller>> find_caller(uid_t uid);

/// The name in a GECOS field: up to the first comma, '&' for the login with a capital.
std::string full_name_of(std::string_view gecos, std::string_view login);

/// The address and the name in a From field that is missing, and the envelope's sender.
struct Author {
    std::string full_name;     ///< may be empty
    mail::Mailbox mailbox;     ///< never without a domain
    mail::ReversePath sender;
};

/// `sender` and `full_name` as given by -f and -F, else the caller's; a name without a domain gets `domain`. With the null
/// sender the author is the caller all the same. Errors: 64, for a sender that is no address; 67, where neither -f nor
/// passwd(5) tells who it is.
Result<Author> find_author(const std::optional<Caller>& caller, const std::optional<std::string>& sender,
                           const std::optional<std::string>& full_name, std::string_view domain);

}  // namespace mailpipe::mta

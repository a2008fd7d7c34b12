// SPDX-License-Identifier: ISC
// Somebody who has a mailbox here: what users(5) tells.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::sasl {

struct User {
    std::string name{};             ///< as in users(5): "bob" or "bob@example.org"
    std::string password{};         ///< "{SCHEME}hash"; empty: this source can't tell
    bool may_login = true;          ///< false with the extra field nologin
    std::optional<uid_t> uid{};
    std::optional<gid_t> gid{};
    std::string home{};
    std::string mail{};             ///< what userdb_mail said, "maildir:~/Maildir"; empty: the site's template holds
    std::string imap_without{};     ///< capabilities that imapd does not offer, "UIDONLY,NOTIFY"
    std::uint64_t max_octets = 0;   ///< quota, 0: as the site says
    std::uint64_t max_messages = 0;
};

/// Where the user's Maildir is: what userdb_mail says, else `location` with %u (name), %n (what stands before '@'), %d
/// (what stands after it, else `domain`), %h (home) and %% replaced.
/// Errors: transient, a wrong configuration: an unknown %, a missing home, a name that would leave its directory.
Result<std::string> maildir_of(const User& user, std::string_view location, std::string_view domain);

}  // namespace mailpipe::sasl

// SPDX-License-Identifier: ISC
// Where a user's Maildir is: the `maildir` key of mailpipe.conf(5).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::store {

/// What the template's letters stand for.
struct MailboxOwner {
    std::string_view user;            ///< %u: the name as in users(5); %n its part before '@', %d what follows
    std::string_view default_domain;  ///< %d of a name without '@'
    std::string_view home;            ///< %h
};

/// "%h/Maildir" → "/home/joe/Maildir"; "%%" is a percent sign. Errors: permanent; exit status 78 for a letter that is
/// unknown or stands for nothing, 67 for a name that is no file's name ('/', "..", a leading '.', control characters).
Result<std::string> maildir_path(std::string_view pattern, const MailboxOwner& owner);

}  // namespace mailpipe::store

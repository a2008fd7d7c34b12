// SPDX-License-Identifier: ISC
// The file that a route's login= names. Manual: mailpipe.conf(5), ROUTES.
#pragma once

#include <string>

#include "base/result.hpp"
#include "smtp/login.hpp"

namespace mailpipe::mta {

/// One line, "user:password" in UTF-8 of at most 1000 octets; only its owner may read it. Errors: transient, whatever it is: the
/// file may be mended.
Result<smtp::Login> read_login(const std::string& path);

}  // namespace mailpipe::mta

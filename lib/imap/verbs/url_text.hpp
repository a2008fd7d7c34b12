// SPDX-License-Identifier: ISC
// What a URL in CATENATE stands for (RFC 4469 section 3): a message of this user, or a part of one.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// Asks `fits` whether so many octets may come, then gives them to `write`. Errors: there is no such thing, `fits` said no,
/// or as `write` says.
Result<void> write_url(Session& session, std::string_view url, const std::function<Result<void>(std::string_view)>& write,
                       const std::function<bool(std::uint64_t)>& fits);

}  // namespace mailpipe::imap

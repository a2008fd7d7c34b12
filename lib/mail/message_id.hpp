// SPDX-License-Identifier: ISC
// Message identifiers: msg-id of RFC 5322 section 3.6.4.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace mailpipe::mail {

/// "<time.random@host>", with brackets. Nobody can tell from it how many were made. `host` is a domain.
std::string new_message_id(Time time, std::string_view host);

}  // namespace mailpipe::mail

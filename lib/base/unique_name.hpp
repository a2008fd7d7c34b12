// SPDX-License-Identifier: ISC
// A message's id: the name that follows it from the first octet received to its file in a Maildir.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace mailpipe {

/// "<unix seconds>.M<microseconds>P<pid>Q<counter>.<host>": unique among the hosts that share a file system, as long as
/// host names and clocks are sound. '/' and ':' in `host` become "\057" and "\072" (maildir(5)), and so does every
/// control character, blank and ','.
std::string unique_name(Time now, std::string_view host);

/// False for what unique_name() could not have made and what must not become a file's name: empty, hidden, longer than
/// 200 octets, with '/', ':', ',', a blank or a control character.
bool is_unique_name(std::string_view name);

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
// How wide text is on a terminal.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailpipe::text {

/// Columns that `utf8` takes when it is printed from column `from` on: combining marks and format characters none, wide
/// characters two. A tab goes on to the next multiple of eight. A control character and an octet that is not UTF-8 take
/// one: for_terminal() shows them as '?'.
std::size_t columns(std::string_view utf8, std::size_t from = 0);

}  // namespace mailpipe::text

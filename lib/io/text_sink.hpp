// SPDX-License-Identifier: ISC
// Where a message's text goes, piece by piece.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::io {

/// Takes the next piece, with LF or CRLF line ends. An error: the rest is not wanted; it is to be handed back.
using TextSink = std::function<Result<void>(std::string_view piece)>;

}  // namespace mailpipe::io

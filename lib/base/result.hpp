// SPDX-License-Identifier: ISC
// Result<T>: a value or an Error. Exceptions come only out of foreign code and are caught in cli::Command::run.
#pragma once

#include <utility>

#include <tl/expected.hpp>

#include "base/error.hpp"

namespace mailpipe {

template <typename T>
using Result = tl::expected<T, Error>;

/// `return failure(error);` in a function that returns any Result.
inline tl::unexpected<Error> failure(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace mailpipe

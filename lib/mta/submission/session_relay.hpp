// SPDX-License-Identifier: ISC
// sendmail -bs: what a program says on standard input goes to smtpd, and what that answers to standard output.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::mta {

/// Until the server closes. The end of `in` is handed on, and then its last answers are waited for. Errors: transient.
Result<void> relay_session(const Fd& server, int in, int out);

}  // namespace mailpipe::mta

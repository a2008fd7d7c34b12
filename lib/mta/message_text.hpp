// SPDX-License-Identifier: ISC
// A spooled message's text on its way to another host: what stands behind the envelope, without the journal.
#pragma once

#include "base/result.hpp"
#include "io/dot_stuffing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// Errors: transient, the file can't be read.
Result<void> send_text(const queue::Message& message, io::DotStuffer& stuffer);

/// Some octet is above 127 (RFC 6152). Reads up to the first one. Errors: as above.
Result<bool> has_eight_bit_text(const queue::Message& message);

}  // namespace mailpipe::mta

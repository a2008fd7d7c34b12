// SPDX-License-Identifier: ISC
// A spooled message's text on its way to another host: what stands behind the envelope, without the journal.
#pragma once

#include "base/result.hpp"
#include "io/text_sink.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// Errors: transient, the file can't be read; or what `write` says.
Result<void> send_text(const queue::Message& message, const io::TextSink& write);

/// Some octet is above 127 (RFC 6152). Reads up to the first one. Errors: as above.
Result<bool> has_eight_bit_text(const queue::Message& message);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// IDLE (RFC 2177, RFC 9051 section 6.3.13): the client is told of changes as they happen.
#include "base/ascii.hpp"
#include "imap/verbs/verbs.hpp"
#include "imap/verbs/vigil.hpp"

namespace mailpipe::imap {

Result<Reply> verbs::idle(Session& session, const Command&) {
    session.channel.write("+ idling\r\n");
    if (auto r = keep_vigil(session, Occasion::idle); !r) return failure(r.error());
    if (session.stage == over) return said();
    const auto line = read_line(session);
    if (!line) return failure(line.error());
    if (!*line) return said();
    return iequals((*line)->text, "DONE") ? ok("done") : bad("IDLE ends with DONE");
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
// UNAUTHENTICATE (RFC 8437): the connection is for somebody else. Where the login has given up privileges there is no way back.
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

Result<Reply> verbs::unauthenticate(Session& session, const Command& command) {
    if (!offers(session, "UNAUTHENTICATE")) return bad("UNAUTHENTICATE is not offered");
    session.channel.write(to_line(command.tag, ok("who is next?")));
    session.forget_user();
    if (!session.deflate) return said();
    if (auto r = session.channel.flush(); !r) return failure(r.error());
    session.channel.discard_input();  // it was compressed
    session.channel.replace(session.deflate->below());
    session.deflate.reset();
    return said();
}

}  // namespace mailpipe::imap

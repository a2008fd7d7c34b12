// SPDX-License-Identifier: ISC
// STARTTLS (RFC 9051 section 6.2.1) and COMPRESS (RFC 4978): what everything goes through from then on.
#include "imap/grammar/words.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap::verbs {

Result<Reply> starttls(Session& session, const Command& command) {
    if (!session.world.start_tls || session.settings.without.contains("STARTTLS")) return bad("TLS is not offered");
    if (!session.client.tls.empty()) return bad("TLS is on already");
    if (!session.world.tls_is_possible()) return no("UNAVAILABLE", "TLS can't be had now");
    session.channel.write(to_line(command.tag, ok("begin")));
    if (auto r = session.channel.flush(); !r) return failure(r.error());
    if (auto r = start_tls(session); !r) return failure(r.error());
    return said();
}

Result<Reply> compress(Session& session, const Command& command) {
    const auto mechanism = parse_compress(command);
    if (!mechanism) return bad(mechanism.error());
    if (session.deflate) return no("COMPRESSIONACTIVE", "DEFLATE is on already");
    if (*mechanism != "DEFLATE" || !offers(session, "COMPRESS=DEFLATE")) return no("CANNOT", "that is not offered");
    session.channel.write(to_line(command.tag, ok("begin")));
    if (auto r = session.channel.flush(); !r) return failure(r.error());
    session.channel.discard_input();  // nothing may come before the reply has: RFC 4978 section 4
    session.deflate.emplace(session.channel.stream());
    session.channel.replace(*session.deflate);
    return said();
}

}  // namespace mailpipe::imap::verbs

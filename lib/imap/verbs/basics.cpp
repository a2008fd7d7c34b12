// SPDX-License-Identifier: ISC
// What may be said at any time: CAPABILITY, NOOP, LOGOUT (RFC 9051 section 6.1), ID (RFC 2971), ENABLE (section 6.3.1).
#include <fmt/format.h>

#include "base/log.hpp"
#include "imap/grammar/id.hpp"
#include "imap/grammar/words.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap::verbs {

Result<Reply> capability(Session& session, const Command&) {
    session.channel.write(fmt::format("* CAPABILITY {}\r\n", capabilities(session)));
    return ok("that is all");
}

Result<Reply> noop(Session&, const Command&) { return ok("done"); }

Result<Reply> logout(Session& session, const Command& command) {
    session.channel.write("* BYE until next time\r\n");
    session.channel.write(to_line(command.tag, ok("logged out")));
    session.stage = over;
    session.end = "logout";
    return said();
}

Result<Reply> id(Session& session, const Command& command) {
    const auto fields = parse_id(command);
    if (!fields) return bad(fields.error());
    if (!fields->empty()) {
        LogLine line{"client-id"};
        line.add("ip", session.client.address);
        for (const auto& [name, value] : *fields) {
            if (name == "name" || name == "version") line.add(name, value.value_or(""));
        }
        line.write();
    }
    std::string out = "* ID ";
    append_id(out, {{"name", "mailpipe"}, {"version", MAILPIPE_VERSION}});
    session.channel.write(out + "\r\n");
    return ok("done");
}

Result<Reply> enable(Session& session, const Command& command) {
    const auto names = parse_enable(command);
    if (!names) return bad(names.error());
    std::string enabled;
    FeatureSet told = 0;
    for (const auto& name : *names) {
        const auto feature = find_feature(session, name);
        if (!feature || (told & bit(*feature)) != 0) continue;
        imap::enable(session, *feature);  // clients do without what is not told, so what is on already is told, too
        told |= bit(*feature);
        enabled.append(" ").append(name_of(*feature));
    }
    session.channel.write(fmt::format("* ENABLED{}\r\n", enabled));
    return ok("done");
}

}  // namespace mailpipe::imap::verbs

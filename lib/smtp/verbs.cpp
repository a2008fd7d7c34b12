// SPDX-License-Identifier: ISC
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

namespace {

Result<void> no_arguments(Session& session) { return reply(session, {501, "5.5.4", "no arguments, please"}); }

}  // namespace

Result<void> rset(Session& session, std::string_view arguments) {
    if (!arguments.empty()) return no_arguments(session);
    reset(session);
    return reply(session, {250, "2.0.0", "ok"});
}

Result<void> vrfy(Session& session, std::string_view arguments) {
    if (session.settings.login_required && session.client.login.empty()) {
        return reply(session, {530, "5.7.0", "authentication required"});
    }
    if (arguments.empty()) return reply(session, {501, "5.5.4", "VRFY whom?"});
    return reply(session, {252, "2.0.0", "send mail and see"});
}

Result<void> expn(Session& session, std::string_view) { return reply(session, {502, "5.5.1", "EXPN is not offered"}); }

Result<void> help(Session& session, std::string_view) {
    return reply(session, {214, "2.0.0",
                           session.is_lmtp() ? "LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT"
                                             : "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT STARTTLS AUTH"});
}

Result<void> noop(Session& session, std::string_view) { return reply(session, {250, "2.0.0", "ok"}); }

Result<void> quit(Session& session, std::string_view arguments) {
    if (!arguments.empty()) return no_arguments(session);
    session.over = true;
    return reply(session, {221, "2.0.0", "bye"});
}

/// A browser, or a page that makes one talk to us: what it sends next may be commands of somebody else's.
Result<void> http(Session& session, std::string_view) {
    session.over = true;
    return reply(session, {502, "5.7.0", "this is not a web server"});
}

}  // namespace mailpipe::smtp::verbs

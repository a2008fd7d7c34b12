// SPDX-License-Identifier: ISC
// Replies: status indicator, response code (RFC 2449 section 8), text.
#include "pop3/session.hpp"

namespace mailpipe::pop3 {

void ok(Session& session, Text text) {
    session.channel.write("+OK ");
    session.channel.write(say(text, session.language));
    session.channel.write("\r\n");
}

void ok(Session& session, std::string_view data, Text text) {
    session.channel.write("+OK ");
    session.channel.write(data);
    session.channel.write(" ");
    session.channel.write(say(text, session.language));
    session.channel.write("\r\n");
}

void err(Session& session, Text text) {
    session.channel.write("-ERR ");
    session.channel.write(say(text, session.language));
    session.channel.write("\r\n");
}

void err(Session& session, std::string_view code, Text text) {
    session.channel.write("-ERR [");
    session.channel.write(code);
    session.channel.write("] ");
    session.channel.write(say(text, session.language));
    session.channel.write("\r\n");
}

void end_of_list(Session& session) { session.channel.write(".\r\n"); }

}  // namespace mailpipe::pop3

// SPDX-License-Identifier: ISC
// The verbs: each replies by itself. Errors: the peer is gone.
#pragma once

#include "pop3/session.hpp"

namespace mailpipe::pop3::verbs {

using Verb = Result<void>(Session& session, std::string_view arguments);

Verb auth, capa, dele, lang, list, noop, pass, quit, retr, rset, stat, stls, top, uidl, user, utf8;

}  // namespace mailpipe::pop3::verbs

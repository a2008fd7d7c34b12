// SPDX-License-Identifier: ISC
// The verbs. Each says what it comes to; errors end the session: the peer is gone.
#pragma once

#include "imap/session/reply.hpp"
#include "imap/session/session.hpp"

namespace mailpipe::imap::verbs {

using Verb = Result<Reply>(Session& session, const Command& command);

Verb append, authenticate, cancel_update, capability, close, compress, copy, create, delete_mailbox, enable, esearch, examine,
    expunge, fetch, get_metadata, get_quota, get_quota_root, id, idle, list, login, logout, lsub, move, namespace_, noop,
    notify, rename, replace, search, select, set_metadata, set_quota, sort, starttls, status, store, subscribe, thread,
    unauthenticate, unselect, unsubscribe;

}  // namespace mailpipe::imap::verbs

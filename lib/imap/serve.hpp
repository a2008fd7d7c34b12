// SPDX-License-Identifier: ISC
// The server's side of IMAP (RFC 9051 and RFC 3501), in its two phases. What it obeys: dispatch.cpp.
#pragma once

#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// Talks with one client until it says LOGOUT, closes, or is sent away: authorize(), World::enter, transact(), and again after
/// UNAUTHENTICATE.
/// Errors: transient, for a peer that is gone or too slow.
Result<void> serve(io::Channel& channel, Client client, const Settings& settings, const World& world);

/// NOT AUTHENTICATED, up to a right password. The user is set then, and the reply is still owed.
Result<void> authorize(Session& session);
/// Opens the user's mail, pays that reply, and obeys until LOGOUT or UNAUTHENTICATE.
Result<void> transact(Session& session, const Home& home);

}  // namespace mailpipe::imap

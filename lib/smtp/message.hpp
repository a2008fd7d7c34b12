// SPDX-License-Identifier: ISC
// What DATA and BDAT share: a message on its way from the channel to the mailroom.
#pragma once

#include "smtp/session.hpp"

namespace mailpipe::smtp {

/// Asks the mailroom for a place; if there is none, Session::trouble says why.
void open_message(Session& session, io::DataDecoder::Form form);

/// The reply for Session::trouble, which is written down.
Reply refuse_message(Session& session);

/// Hands a decoded piece over. After trouble the rest goes nowhere.
void take(Session& session, const io::DataDecoder::Step& step);

/// Commits, or refuses for the trouble there was, and ends the transaction.
Result<void> close_message(Session& session);

}  // namespace mailpipe::smtp

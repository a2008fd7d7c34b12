// SPDX-License-Identifier: ISC
// What all verbs that name a message have in common. Each of these has replied when it gives nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pop3/session.hpp"

namespace mailpipe::pop3 {

/// False: the messages can't be numbered now.
bool number_messages(Session& session);

/// The index of a message that is there and not marked as deleted, from its number, which is not 0.
std::optional<std::size_t> find_message(Session& session, std::uint32_t number);
/// The same from the only argument of a command.
std::optional<std::size_t> find_message(Session& session, std::string_view arguments);

void mailbox_trouble(Session& session, const Error& error);

/// Says why a message can't be read.
void cannot_read(Session& session, std::size_t index);

}  // namespace mailpipe::pop3

// SPDX-License-Identifier: ISC
// One message on its way to one host, for some of its recipients: all that a conversation needs to know of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mail/envelope.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

struct Transfer {
    mail::Envelope envelope{};
    std::uint64_t begin = 0;        ///< of the text, in the message's file
    std::uint64_t end = 0;
    std::uint64_t wire_octets = 0;  ///< of the text, or a few more: for SIZE=
    bool text_waits = false;        ///< nothing of it is sent before somebody is accepted, and TextBegins says so
};

/// For the recipients with these numbers. Reports go on being asked for, of those who can make them (RFC 3461 section 5.1).
Transfer transfer_of(const queue::Message& message, std::span<const std::size_t> numbers);

}  // namespace mailpipe::mta

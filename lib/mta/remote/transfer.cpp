// SPDX-License-Identifier: ISC
#include "mta/remote/transfer.hpp"

namespace mailpipe::mta {

Transfer transfer_of(const queue::Message& message, std::span<const std::size_t> numbers) {
    const auto& whole = message.envelope();
    mail::Envelope envelope{whole.sender, whole.envelope_id, whole.dsn_return, whole.smtputf8, whole.require_tls, {}};
    envelope.recipients.reserve(numbers.size());
    for (const auto number : numbers) envelope.recipients.push_back(message.recipients()[number].recipient);
    return {std::move(envelope), message.begin(), message.name().octets, message.name().wire_octets - message.begin()};
}

}  // namespace mailpipe::mta

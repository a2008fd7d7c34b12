// SPDX-License-Identifier: ISC
// deliver's mailroom: messages by LMTP (RFC 2033) into the mailboxes of this host.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "mta/local/local_message.hpp"
#include "mta/local/mailboxes.hpp"
#include "net/connection.hpp"
#include "smtp/session.hpp"

namespace mailpipe::mta {

class LocalDelivery final : public smtp::Mailroom {
public:
    LocalDelivery(LocalStore& store, Mailboxes& mailboxes, const Clock& clock)
        : store_(store), mailboxes_(mailboxes), clock_(clock) {}

    Result<bool> authenticate(const smtp::Client& client, const sasl::Credentials& credentials) override;
    std::optional<smtp::Reply> refuse_sender(const smtp::Client& client, const mail::Envelope& envelope,
                                             const smtp::Announcement& announcement) override;
    std::optional<smtp::Reply> refuse_recipient(const smtp::Client& client, const mail::Envelope& envelope,
                                                mail::Recipient& recipient) override;
    Result<std::unique_ptr<smtp::Incoming>> open(const smtp::Client& client, const mail::Envelope& envelope) override;
    void note_refusal(const smtp::Client& client, const mail::Envelope& envelope, const smtp::Reply& reply) override;

    /// XLINK: instead of text, a file. One reply for each recipient.
    std::vector<smtp::Reply> link(const mail::Envelope& envelope, const Fd& file, std::string_view name);

private:
    Result<std::vector<Destination>> destinations(const mail::Envelope& envelope);

    LocalStore& store_;
    Mailboxes& mailboxes_;
    const Clock& clock_;
    std::string xid_;  ///< of the transaction that MAIL began
};

/// One connection, whole. A client of our own user on a Unix socket (sendq) is offered XID and XLINK.
Result<void> serve_lmtp(const net::Connection& connection, LocalStore& store, Mailboxes& mailboxes,
                        smtp::Settings settings);

}  // namespace mailpipe::mta

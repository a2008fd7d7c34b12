// SPDX-License-Identifier: ISC
// What an SMTP or LMTP session asks of the world: may this sender, this recipient, take this message. Real ones:
// mta::Inbound (smtpd writes the spool) and mta::LocalDelivery (deliver writes Maildirs); a scripted one in tests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mail/envelope.hpp"
#include "sasl/exchange.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::smtp {

/// Who is at the other end, as far as is known by now.
struct Client {
    std::string address;   ///< "192.0.2.1", "IPv6:2001:db8::1" (as in Received), or "local" for a Unix socket or a pipe
    bool is_loopback = false;
    std::optional<std::uint32_t> uid{};  ///< whose process it is, where that is known: of a Unix socket
    std::string name{};    ///< what EHLO, HELO or LHLO said; empty before
    bool esmtp = false;    ///< EHLO or LHLO, not HELO
    std::string tls{};     ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS
    sasl::ChannelBinding channel_binding{};  ///< with TLS
    std::string login{};   ///< who has authenticated; empty: nobody
};

/// What MAIL announced beside the envelope.
struct Announcement {
    std::uint64_t size = 0;  ///< SIZE=, 0 without (RFC 1870)
    std::string xid{};       ///< XID=: the id that the message has at the client, a sound unique_name(); empty without
};

/// One message on its way in. Destroyed before commit(): nothing of it is left.
class Incoming {
public:
    virtual ~Incoming() = default;
    /// A piece of the message with LF line ends. Errors: the rest is read and thrown away, and the reply is made of
    /// the error (452 or 451 when transient, 554 else).
    virtual Result<void> write(std::string_view text) = 0;
    /// One reply for all (SMTP), or one for each recipient in order (LMTP, RFC 2033 section 4.2). Positive only when
    /// the message is durably stored.
    virtual std::vector<Reply> commit() = 0;
};

class Mailroom {
public:
    virtual ~Mailroom() = default;

    /// Who wants to log in by SCRAM. An empty function: it is not offered.
    virtual sasl::FindScramUser find_for_scram() { return {}; }
    /// Is the login right, one for oneself? Checks the password where the mechanism has not. Errors: transient
    /// (454 4.7.0), when that can't be told now.
    virtual Result<bool> authenticate(const Client& client, const sasl::Credentials& credentials) = 0;

    /// After MAIL. A refusal, or nothing.
    virtual std::optional<Reply> refuse_sender(const Client& client, const mail::Envelope& envelope,
                                               const Announcement& announcement) = 0;
    /// After RCPT. May complete the recipient (a missing domain). A refusal, or nothing.
    virtual std::optional<Reply> refuse_recipient(const Client& client, const mail::Envelope& envelope,
                                                  mail::Recipient& recipient) = 0;
    /// Before the first octet of the message. Errors make the reply to DATA or BDAT.
    virtual Result<std::unique_ptr<Incoming>> open(const Client& client, const mail::Envelope& envelope) = 0;

    /// The session has refused a message by itself, or it could not be written: nobody else will log it.
    virtual void note_refusal(const Client& client, const mail::Envelope& envelope, const Reply& reply) = 0;
};

}  // namespace mailpipe::smtp

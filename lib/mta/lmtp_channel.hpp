// SPDX-License-Identifier: ISC
// sendq's side of LMTP (RFC 2033), with deliver's way to link a spooled file instead of copying it (spool(5), XLINK).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "io/channel.hpp"
#include "io/fd_stream.hpp"
#include "mail/mailbox.hpp"
#include "queue/message.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

class LmtpChannel {
public:
    static constexpr std::chrono::minutes reply_timeout{10};  ///< RFC 5321 section 4.5.3.2.6
    static constexpr std::size_t max_recipients = 100;        ///< in one transaction: RFC 5321 section 4.5.3.1.8

    /// Reads the greeting, says LHLO. `hostname` is ours. Errors: transient.
    static Result<std::unique_ptr<LmtpChannel>> open(Fd socket, const std::string& hostname);

    bool can_link() const { return features_.xlink; }

    /// Sends a transaction for a message of one recipient, and of no text but its file, which is linked under `name`.
    /// The replies of several such come in their order.
    Result<void> send_link(const queue::Message& message, const std::string& name);
    /// What the peer said in the end: to XLINK, or earlier when it refused the sender or the recipient.
    Result<smtp::Reply> read_link_reply();

    /// One transaction: up to max_recipients recipients of the message; a reply for each of them. Precondition: no reply
    /// to send_link() outstanding. Errors: transient, the connection is of no more use.
    Result<std::vector<smtp::Reply>> deliver(const queue::Message& message, const std::vector<mail::Mailbox>& recipients);

private:
    struct Features {
        bool pipelining = false;
        bool eight_bit = false;
        bool utf8 = false;
        bool size = false;
        bool xid = false;
        bool xlink = false;
    };
    explicit LmtpChannel(Fd socket);
    Result<void> greet(const std::string& hostname);
    std::string mail_command(const queue::Message& message) const;
    Result<smtp::Reply> read_reply();
    Result<smtp::Reply> ask(std::string_view command);
    Result<std::vector<smtp::Reply>> ask_all(const std::vector<std::string>& commands);
    Result<void> send_text(const queue::Message& message);

    Fd socket_;
    io::FdStream stream_;
    io::Channel channel_;
    Features features_;
};

}  // namespace mailpipe::mta

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
#include "smtp/client.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

class LmtpChannel {
public:
    static constexpr std::chrono::minutes reply_timeout{10};  ///< to XLINK: RFC 5321 section 4.5.3.2.6
    static constexpr std::size_t max_recipients = 100;        ///< for one deliver(): RFC 5321 section 4.5.3.1.8

    /// Reads the greeting, says LHLO. `hostname` is ours. Errors: transient.
    static Result<std::unique_ptr<LmtpChannel>> open(Fd socket, const std::string& hostname);

    bool can_link() const { return can_link_; }

    /// Sends a transaction for a message of one recipient, and of no text but its file, which is linked under `name`.
    /// The replies of several such come in their order.
    Result<void> send_link(const queue::Message& message, const std::string& name);
    /// What the peer said in the end: to XLINK, or earlier when it refused the sender or the recipient.
    Result<smtp::Reply> read_link_reply();

    /// One transaction: a reply for each recipient, transient ones where the conversation broke down before they came;
    /// then is_broken(). Precondition: no reply to send_link() outstanding.
    std::vector<smtp::Reply> deliver(const queue::Message& message, const std::vector<mail::Mailbox>& recipients);
    bool is_broken() const { return broken_; }
    /// It broke before the last deliver() sent any text: nobody can have the message.
    bool broke_before_text() const { return broken_ && !text_began_; }
    /// Nothing was asked, and the peer has said something ("421 timed out") or closed.
    bool has_ended() const { return outstanding_ == 0 && (channel_.has_input() || stream_.has_input()); }
    /// QUIT, if the peer can still understand it.
    void quit();

private:
    LmtpChannel(Fd socket, const std::string& hostname);

    Fd socket_;
    io::FdStream stream_;
    io::Channel channel_;
    smtp::ClientSession session_;
    bool can_link_ = false;
    bool reset_first_ = false;  // a refused send_link() has left its transaction open
    bool broken_ = false;
    bool text_began_ = false;
    std::size_t outstanding_ = 0;  // replies to send_link()
};

}  // namespace mailpipe::mta

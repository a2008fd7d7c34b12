// SPDX-License-Identifier: ISC
#include "mta/outbound/lmtp_channel.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "io/descriptors.hpp"
#include "mta/message_text.hpp"
#include "smtp/read_reply.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t link_replies = 4;  // to RSET, MAIL, RCPT, XLINK

Error broken(std::string_view what) { return {Fault::transient, fmt::format("local delivery: {}", what)}; }

/// What is to be sent to whom. Reports are ours to make: the station is not asked for them.
mail::Envelope station_envelope(const queue::Message& message, const std::vector<mail::Mailbox>& recipients) {
    mail::Envelope envelope{message.envelope().sender, {}, {}, message.envelope().smtputf8, {}};
    envelope.recipients.reserve(recipients.size());
    for (const auto& mailbox : recipients) envelope.recipients.push_back({mailbox});
    return envelope;
}

}  // namespace

LmtpChannel::LmtpChannel(Fd socket, const std::string& hostname)
    : socket_(std::move(socket)),
      stream_(socket_.number(), socket_.number()),
      channel_(stream_),
      session_(channel_, smtp::Protocol::lmtp, hostname) {}

Result<std::unique_ptr<LmtpChannel>> LmtpChannel::open(Fd socket, const std::string& hostname) {
    std::unique_ptr<LmtpChannel> channel{new LmtpChannel{std::move(socket), hostname}};
    const auto greeted = channel->session_.greet();
    if (!greeted) return failure({Fault::transient, greeted.error().what});
    if (greeted->code != 250) return failure({Fault::transient, fmt::format("greets with {}", smtp::to_string(*greeted))});
    channel->can_link_ = channel->session_.extensions().offers("XLINK");
    return channel;
}

Result<void> LmtpChannel::send_link(const queue::Message& message, const std::string& name) {
    const auto& envelope = message.envelope();
    // RSET: a transaction that was refused before its XLINK is still open.
    const auto commands = fmt::format("RSET\r\nMAIL FROM:<{}> SIZE={}\r\nRCPT TO:<{}>\r\nXLINK {}\r\n",
                                      envelope.sender ? mail::to_string(*envelope.sender) : "", message.name().wire_octets,
                                      mail::to_string(envelope.recipients.front().mailbox), name);
    broken_ = true;
    const auto sent = io::send_descriptor(socket_.number(), commands, message.file().number());
    if (!sent) return failure(broken(sent.error().what));
    const auto rest = std::string_view{commands}.substr(*sent);
    if (!rest.empty()) {
        if (auto r = stream_.write(rest, io::Deadline::after(reply_timeout)); !r) return r;
    }
    broken_ = false;
    ++outstanding_;
    return {};
}

Result<smtp::Reply> LmtpChannel::read_link_reply() {
    std::optional<smtp::Reply> decisive;
    broken_ = true;
    for (std::size_t n = 0; n < link_replies; ++n) {
        auto reply = smtp::read_reply(channel_, io::Deadline::after(reply_timeout));
        if (!reply) return failure(broken(reply.error().what));
        if (!reply->is_final()) return failure(broken("a command is left open: " + smtp::to_string(*reply)));
        if (!decisive || decisive->is_positive()) decisive = std::move(*reply);
    }
    broken_ = false;
    --outstanding_;
    reset_first_ = true;
    return std::move(*decisive);
}

void LmtpChannel::quit() {
    if (!broken_ && outstanding_ == 0) session_.quit();
}

std::vector<smtp::Reply> LmtpChannel::deliver(const queue::Message& message, const std::vector<mail::Mailbox>& recipients) {
    const auto lost = [](std::string_view why) { return smtp::Reply{451, "4.3.0", broken(why).what}; };
    text_began_ = false;
    if (std::exchange(reset_first_, false)) {
        if (const auto reset = session_.command("RSET"); !reset) {
            broken_ = true;
            return std::vector<smtp::Reply>(recipients.size(), lost(reset.error().what));
        }
    }
    const auto envelope = station_envelope(message, recipients);
    auto sent = session_.send({envelope, [&](const io::TextSink& write) { return MessageText{message}.send(write); },
                               message.name().wire_octets, session_.extensions().offers("8BITMIME"), message.name().id});
    broken_ = sent.broken.has_value();
    text_began_ = sent.text_began;
    std::vector<smtp::Reply> replies;
    for (auto& reply : sent.replies) {
        replies.push_back(reply ? std::move(*reply) : lost(sent.broken ? sent.broken->what : "no reply"));
    }
    return replies;
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "smtp/client.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "smtp/read_reply.hpp"

namespace mailpipe::smtp {

namespace {

Error broken(std::string what) { return {Fault::transient, std::move(what)}; }

/// A peer that asks for more where a command had to be answered is out of step.
void mend(Sent& sent, std::size_t recipient) {
    auto& reply = sent.replies[recipient];
    if (!reply || reply->is_final()) return;
    const auto what = "peer leaves a command open: " + to_string(*reply);
    reply = Reply{451, "4.5.0", what};
    if (!sent.broken) sent.broken = broken(what);
}

}  // namespace

bool needs_utf8(const mail::Envelope& envelope) {
    return envelope.smtputf8 || (envelope.sender && mail::needs_utf8(*envelope.sender)) ||
           std::ranges::any_of(envelope.recipients, [](const auto& r) { return mail::needs_utf8(r.mailbox); });
}

/// What the commands of one message have been answered so far.
struct ClientSession::Transaction {
    const OutgoingMessage& message;
    std::vector<std::optional<Reply>> to_rcpt;
    std::vector<std::optional<Reply>> to_text{to_rcpt};
    std::optional<Reply> to_mail{};
    std::optional<Reply> to_data{};
    bool text_began = false;

    bool accepted(std::size_t recipient) const { return to_rcpt[recipient] && to_rcpt[recipient]->is_positive(); }
    bool any_accepted() const {
        return std::ranges::any_of(to_rcpt, [](const auto& reply) { return reply && reply->is_positive(); });
    }
    bool is_worth_sending() const {
        const auto taken = [this](std::size_t recipient) { return accepted(recipient); };
        if (message.refused == Refused::alone) return any_accepted();
        return std::ranges::all_of(std::views::iota(std::size_t{0}, to_rcpt.size()), taken);
    }
    /// The reply that decides: the first refusal, or what came after the text.
    std::optional<Reply> outcome(std::size_t recipient) const {
        if (to_mail && !to_mail->is_positive()) return to_mail;
        if (!accepted(recipient)) return to_rcpt[recipient];
        if (to_data && to_data->code >= 400) return to_data;
        return to_text[recipient];
    }
};

ClientSession::ClientSession(io::Channel& channel, Protocol protocol, std::string hostname, ClientTimeouts timeouts)
    : channel_(channel), protocol_(protocol), hostname_(std::move(hostname)), timeouts_(timeouts) {}

/// Sends what was gathered even when the peer has spoken ahead.
Result<Reply> ClientSession::read(std::chrono::seconds timeout) {
    if (auto r = channel_.flush(); !r) return failure(r.error());
    return read_reply(channel_, io::Deadline::after(timeout));
}

Result<Reply> ClientSession::command(std::string_view line) {
    channel_.write(line);
    channel_.write("\r\n");
    return read(timeouts_.command);
}

Result<Reply> ClientSession::greet() {
    auto greeting = read(timeouts_.command);
    if (!greeting || !greeting->is_positive()) return greeting;
    return hello();
}

Result<Reply> ClientSession::hello() {
    extensions_ = {};
    const bool lmtp = protocol_ == Protocol::lmtp;
    auto reply = command((lmtp ? "LHLO " : "EHLO ") + hostname_);
    if (reply && reply->is_positive()) extensions_ = Extensions{reply->text};
    if (lmtp || !reply || reply->code < 500) return reply;
    return command("HELO " + hostname_);
}

Result<Reply> ClientSession::start_tls(const Handshake& handshake) {
    auto reply = command("STARTTLS");
    if (!reply || !reply->is_positive()) return reply;
    // Replies sent ahead are not the server's, or it is not sound (CVE-2021-38371, "STARTTLS injection").
    if (channel_.has_input()) return failure(broken("peer sends text ahead of TLS"));
    const auto tls = handshake();
    if (!tls) return failure(tls.error());
    channel_.replace(tls->stream);
    return hello();
}

std::optional<Reply> ClientSession::cannot_take(const OutgoingMessage& message) const {
    if (needs_utf8(message.envelope) && !extensions_.offers("SMTPUTF8")) {
        return Reply{550, "5.6.7", "the next host does not offer SMTPUTF8"};
    }
    if (message.eight_bit && !extensions_.offers("8BITMIME")) {
        return Reply{554, "5.6.3", "the next host does not offer 8BITMIME"};
    }
    const auto max = extensions_.max_octets();
    if (max && message.wire_octets > *max) return Reply{552, "5.3.4", "too big for the next host"};
    return {};
}

std::string ClientSession::mail_command(const OutgoingMessage& message) const {
    const auto& envelope = message.envelope;
    auto line = fmt::format("MAIL FROM:<{}>", envelope.sender ? mail::to_string(*envelope.sender) : "");
    if (message.wire_octets != 0 && extensions_.offers("SIZE")) line += fmt::format(" SIZE={}", message.wire_octets);
    if (message.eight_bit) line += " BODY=8BITMIME";
    if (needs_utf8(envelope)) line += " SMTPUTF8";
    if (extensions_.offers("DSN")) {
        if (const auto what = to_string(envelope.dsn_return); !what.empty()) line.append(" RET=").append(what);
        if (!envelope.envelope_id.empty()) line += " ENVID=" + envelope.envelope_id;
    }
    if (!message.xid.empty() && extensions_.offers("XID")) line.append(" XID=").append(message.xid);
    return line + "\r\n";
}

std::string ClientSession::rcpt_command(const mail::Recipient& recipient) const {
    auto line = fmt::format("RCPT TO:<{}>", mail::to_string(recipient.mailbox));
    if (extensions_.offers("DSN")) {
        if (recipient.notify.given()) line += " NOTIFY=" + to_string(recipient.notify);
        if (!recipient.original.empty()) line += " ORCPT=" + recipient.original;
    }
    return line + "\r\n";
}

/// MAIL, RCPT and DATA, in groups or one by one. It stops where nothing can come of it any more.
Result<void> ClientSession::exchange_commands(Transaction& transaction) {
    const auto& recipients = transaction.message.envelope.recipients;
    const std::size_t data = recipients.size() + 1;  // 0 is MAIL, then the recipients
    const std::size_t group = extensions_.offers("PIPELINING") ? max_group : 1;
    const bool waits_with_data = transaction.message.refused == Refused::with_the_rest;

    for (std::size_t next = 0, end = 0; next <= data; next = end) {
        end = std::min(next + group, data + 1);
        if (waits_with_data && next < data) end = std::min(end, data);
        if (transaction.to_mail && !transaction.to_mail->is_positive()) return {};
        if (next == data && !transaction.is_worth_sending()) return {};
        for (auto i = next; i < end; ++i) {
            channel_.write(i == 0      ? mail_command(transaction.message)
                           : i == data ? "DATA\r\n"
                                       : rcpt_command(recipients[i - 1]));
        }
        for (auto i = next; i < end; ++i) {
            auto reply = read(i == data ? timeouts_.data : timeouts_.command);
            if (!reply) return failure(std::move(reply).error());
            auto& place = i == 0 ? transaction.to_mail : i == data ? transaction.to_data : transaction.to_rcpt[i - 1];
            place = std::move(*reply);
        }
    }
    return {};
}

/// The text, and the replies to it: one for all, or one for each (LMTP).
Result<void> ClientSession::send_text(Transaction& transaction) {
    io::DotStuffer stuffer{channel_};
    const bool wanted = transaction.any_accepted();
    if (wanted) {
        if (auto r = transaction.message.text(stuffer); !r) return r;
    }
    stuffer.finish();  // alone, when the peer wants a message for nobody: RFC 2920 section 3.1

    std::optional<Reply> common;
    for (std::size_t i = 0; i < transaction.to_text.size(); ++i) {
        if (!transaction.accepted(i)) continue;
        if (!common || protocol_ == Protocol::lmtp) {
            auto reply = read(timeouts_.end);
            if (!reply) return failure(std::move(reply).error());
            common = std::move(*reply);
        }
        transaction.to_text[i] = common;
    }
    if (wanted || protocol_ == Protocol::lmtp) return {};
    const auto ignored = read(timeouts_.end);
    return ignored ? Result<void>{} : failure(ignored.error());
}

Result<void> ClientSession::run(Transaction& transaction) {
    if (std::exchange(unfinished_, true)) {
        const auto reset = command("RSET");
        if (!reset) return failure(reset.error());
    }
    if (auto r = exchange_commands(transaction); !r) return r;
    if (!transaction.to_data || transaction.to_data->code >= 400) return {};
    if (transaction.to_data->code != 354) return failure(broken("peer answers DATA with " + to_string(*transaction.to_data)));
    transaction.text_began = true;
    if (auto r = send_text(transaction); !r) return r;
    unfinished_ = false;
    return {};
}

Sent ClientSession::send(const OutgoingMessage& message) {
    const auto count = message.envelope.recipients.size();
    if (auto refusal = cannot_take(message)) return {std::vector<std::optional<Reply>>(count, refusal), {}};

    Transaction transaction{message, std::vector<std::optional<Reply>>(count)};
    Sent sent{};
    if (auto done = run(transaction); !done) sent.broken = std::move(done).error();
    sent.text_began = transaction.text_began;
    for (std::size_t i = 0; i < count; ++i) {
        sent.replies.push_back(transaction.outcome(i));
        mend(sent, i);
        if (!sent.broken && sent.replies.back() && sent.replies.back()->code == 421) {
            sent.broken = broken("peer closes the connection");
        }
    }
    return sent;
}

void ClientSession::quit() {
    constexpr std::chrono::seconds patience{1};  // for a peer that reads nothing any more
    [[maybe_unused]] const auto ignored = channel_.stream().write("QUIT\r\n", io::Deadline::after(patience));
}

}  // namespace mailpipe::smtp

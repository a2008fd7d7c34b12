// SPDX-License-Identifier: ISC
#include "mta/lmtp_channel.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "io/dot_stuffing.hpp"
#include "smtp/read_reply.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t piece_octets = 64 * 1024;
constexpr std::size_t link_replies = 4;  // to RSET, MAIL, RCPT, XLINK

Error broken(std::string_view what) { return {Fault::transient, fmt::format("local delivery: {}", what)}; }

Error in_delivery(Error error) { return broken(error.what); }

/// Like send(2), with a descriptor on the first octet.
Result<std::size_t> send_with_descriptor(int socket, std::string_view text, int descriptor) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{const_cast<char*>(text.data()), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    for (;;) {
        const auto n = ::sendmsg(socket, &message, MSG_NOSIGNAL);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return failure(broken(system_error(errno, "send a descriptor").what));
    }
}

std::string sender_text(const mail::ReversePath& sender) { return sender ? mail::to_string(*sender) : ""; }

bool must_have_utf8(const queue::Message& message, const std::vector<mail::Mailbox>& recipients) {
    const auto& envelope = message.envelope();
    return envelope.smtputf8 || (envelope.sender && mail::needs_utf8(*envelope.sender)) ||
           std::ranges::any_of(recipients, mail::needs_utf8);
}

}  // namespace

LmtpChannel::LmtpChannel(Fd socket)
    : socket_(std::move(socket)), stream_(socket_.number(), socket_.number()), channel_(stream_) {}

Result<std::unique_ptr<LmtpChannel>> LmtpChannel::open(Fd socket, const std::string& hostname) {
    std::unique_ptr<LmtpChannel> channel{new LmtpChannel{std::move(socket)}};
    if (auto greeted = channel->greet(hostname); !greeted) return failure(greeted.error());
    return channel;
}

Result<void> LmtpChannel::greet(const std::string& hostname) {
    const auto greeting = read_reply();
    if (!greeting) return failure(greeting.error());
    if (greeting->code != 220) return failure(broken(fmt::format("greets with {}", smtp::to_string(*greeting))));
    const auto hello = ask(fmt::format("LHLO {}\r\n", hostname));
    if (!hello) return failure(hello.error());
    if (hello->code != 250) return failure(broken(fmt::format("LHLO gets {}", smtp::to_string(*hello))));

    const std::pair<std::string_view, bool*> known[] = {
        {"PIPELINING", &features_.pipelining}, {"8BITMIME", &features_.eight_bit}, {"SMTPUTF8", &features_.utf8},
        {"SIZE", &features_.size},             {"XID", &features_.xid},            {"XLINK", &features_.xlink}};
    std::string_view lines = hello->text;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        for (const auto& [keyword, offered] : known) {
            if (iequals(line.substr(0, line.find(' ')), keyword)) *offered = true;
        }
    }
    return {};
}

Result<smtp::Reply> LmtpChannel::read_reply() {
    auto reply = smtp::read_reply(channel_, io::Deadline::after(reply_timeout));
    if (!reply) return failure(in_delivery(reply.error()));
    return reply;
}

Result<smtp::Reply> LmtpChannel::ask(std::string_view command) {
    channel_.write(command);
    return read_reply();
}

Result<void> LmtpChannel::send_link(const queue::Message& message, const std::string& name) {
    const auto& envelope = message.envelope();
    // RSET: a transaction that was refused before its XLINK is still open.
    const auto commands = fmt::format("RSET\r\nMAIL FROM:<{}>{}\r\nRCPT TO:<{}>\r\nXLINK {}\r\n", sender_text(envelope.sender),
                                      features_.size ? fmt::format(" SIZE={}", message.name().wire_octets) : "",
                                      mail::to_string(envelope.recipients.front().mailbox), name);
    const auto sent = send_with_descriptor(socket_.number(), commands, message.file().number());
    if (!sent) return failure(sent.error());
    if (*sent == commands.size()) return {};
    return stream_.write(std::string_view{commands}.substr(*sent), io::Deadline::after(reply_timeout));
}

Result<smtp::Reply> LmtpChannel::read_link_reply() {
    std::optional<smtp::Reply> decisive;
    for (std::size_t n = 0; n < link_replies; ++n) {
        auto reply = read_reply();
        if (!reply) return reply;
        if (!decisive || decisive->is_positive()) decisive = std::move(*reply);
    }
    return std::move(*decisive);
}

std::string LmtpChannel::mail_command(const queue::Message& message) const {
    const auto& envelope = message.envelope();
    auto command = fmt::format("MAIL FROM:<{}>", sender_text(envelope.sender));
    if (features_.size) command += fmt::format(" SIZE={}", message.name().wire_octets);
    if (features_.eight_bit) command += " BODY=8BITMIME";
    if (features_.utf8 && envelope.smtputf8) command += " SMTPUTF8";
    if (features_.xid) command += fmt::format(" XID={}", message.name().id);
    return command + "\r\n";
}

Result<void> LmtpChannel::send_text(const queue::Message& message) {
    const std::unique_ptr<char[]> piece{new char[piece_octets]};
    io::DotStuffer stuffer{channel_};
    for (auto at = message.begin();;) {
        const auto n = message.read_at(at, piece.get(), piece_octets);
        if (!n) return failure(n.error());
        if (*n == 0) break;
        stuffer.write({piece.get(), *n});
        at += *n;
    }
    stuffer.finish();
    return channel_.flush();
}

Result<std::vector<smtp::Reply>> LmtpChannel::deliver(const queue::Message& message,
                                                      const std::vector<mail::Mailbox>& recipients) {
    std::vector<smtp::Reply> replies;
    if (!features_.utf8 && must_have_utf8(message, recipients)) {
        replies.assign(recipients.size(), {550, "5.6.7", "local delivery has no SMTPUTF8"});
        return replies;
    }
    std::vector<std::string> commands{"RSET\r\n", mail_command(message)};
    for (const auto& recipient : recipients) commands.push_back(fmt::format("RCPT TO:<{}>\r\n", mail::to_string(recipient)));
    const auto answers = ask_all(commands);
    if (!answers) return failure(answers.error());

    const auto& mail = (*answers)[1];
    for (std::size_t n = 0; n < recipients.size(); ++n) replies.push_back(mail.is_positive() ? (*answers)[n + 2] : mail);
    if (std::ranges::none_of(replies, &smtp::Reply::is_positive)) return replies;

    const auto go_on = ask("DATA\r\n");
    if (!go_on) return failure(go_on.error());
    if (go_on->code == 354) {
        if (auto sent = send_text(message); !sent) return failure(in_delivery(sent.error()));
    }
    for (auto& reply : replies) {
        if (!reply.is_positive()) continue;
        auto last = go_on->code == 354 ? read_reply() : Result<smtp::Reply>{*go_on};
        if (!last) return failure(last.error());
        reply = std::move(*last);
    }
    return replies;
}

/// The reply to each command; all commands in one go where the peer allows it.
Result<std::vector<smtp::Reply>> LmtpChannel::ask_all(const std::vector<std::string>& commands) {
    std::vector<smtp::Reply> replies;
    if (features_.pipelining) {
        for (const auto& command : commands) channel_.write(command);
    }
    for (const auto& command : commands) {
        auto reply = features_.pipelining ? read_reply() : ask(command);
        if (!reply) return failure(reply.error());
        replies.push_back(std::move(*reply));
    }
    return replies;
}

}  // namespace mailpipe::mta

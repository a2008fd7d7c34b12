// SPDX-License-Identifier: ISC
#include "smtp/client.hpp"

#include <fmt/format.h>

#include "smtp/client_commands.hpp"
#include "smtp/client_transaction.hpp"
#include "smtp/read_reply.hpp"

namespace mailpipe::smtp {

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
    auto reply = hello(lmtp ? ClientCommand::lhlo : ClientCommand::ehlo);
    if (reply && reply->is_positive()) extensions_ = Extensions{reply->text};
    if (lmtp || !reply || reply->code < 500) return reply;
    return hello(ClientCommand::helo);
}

Result<Reply> ClientSession::hello(ClientCommand verb) {
    last_command_ = verb;
    return command(fmt::format("{} {}", to_string(verb), hostname_));
}

Result<Reply> ClientSession::start_tls(const Handshake& handshake) {
    last_command_ = ClientCommand::starttls;
    auto reply = command("STARTTLS");
    if (!reply || !reply->is_positive()) return reply;
    // Replies sent ahead are not the server's, or it is not sound (CVE-2021-38371, "STARTTLS injection").
    if (channel_.has_input()) return failure({Fault::transient, "peer sends text ahead of TLS"});
    const auto tls = handshake();
    if (!tls) return failure(tls.error());
    channel_.replace(tls->stream);
    return hello();
}

Sent ClientSession::send(const OutgoingMessage& message) {
    const auto count = message.envelope.recipients.size();
    if (auto refusal = cannot_take(message, extensions_)) {
        return {std::vector<std::optional<Reply>>(count, refusal), std::vector<std::optional<ClientCommand>>(count), {}, {}};
    }

    using Before = ClientTransaction::Before;
    const ClientPeer peer{channel_, extensions_, protocol_, timeouts_, chunk_, turns_};
    ClientTransaction transaction{peer, message, unfinished_ ? Before::reset : Before::nothing, chunking_};
    const auto done = transaction.run();
    unfinished_ = !transaction.is_finished();
    auto sent = transaction.outcome();
    if (!done) {
        sent.broken = done.error();
        sent.open = transaction.open_command();
    }
    return sent;
}

void ClientSession::quit() {
    constexpr std::chrono::seconds patience{1};  // for a peer that reads nothing any more
    [[maybe_unused]] const auto ignored = channel_.stream().write("QUIT\r\n", io::Deadline::after(patience));
}

}  // namespace mailpipe::smtp

// SPDX-License-Identifier: ISC
#include "mta/remote/host_session.hpp"

#include <fmt/format.h>

#include "io/deadline.hpp"
#include "mta/message_text.hpp"
#include "net/dial.hpp"

namespace mailpipe::mta {

namespace {

using Step = HostFailure::Step;

HostFailure failed(Step step, const RemoteHost& host, std::string_view enhanced, std::string_view what) {
    return {step, {451, std::string{enhanced}, fmt::format("{}: {}", host.to_string(), what)}};
}

/// What is to be sent to whom. Reports go on being asked for, of those who can make them (RFC 3461 section 5.1).
mail::Envelope envelope_for(const queue::Message& message, std::span<const std::size_t> numbers) {
    const auto& whole = message.envelope();
    mail::Envelope envelope{whole.sender, whole.envelope_id, whole.dsn_return, whole.smtputf8, {}};
    envelope.recipients.reserve(numbers.size());
    for (const auto number : numbers) envelope.recipients.push_back(message.recipients()[number].recipient);
    return envelope;
}

bool is_trusted_enough(Security security, tls::Trust trust) {
    switch (security) {
        case Security::none:
        case Security::opportunistic:
        case Security::encrypted: return true;
        case Security::verified: return trust != tls::Trust::nobody;
        case Security::dane: return trust == tls::Trust::dane;
    }
    return false;
}

}  // namespace

std::string RemoteHost::to_string() const {
    if (const auto ip = address.ip()) return fmt::format("{}[{}]:{}", name, net::to_string(*ip), address.port());
    return fmt::format("{}[{}]", name, net::to_string(address));
}

HostSession::HostSession(Fd socket, const RemoteHost& host, const HostRules& rules)
    : socket_(std::move(socket)),
      stream_(socket_.number(), socket_.number()),
      channel_(stream_),
      session_(channel_, smtp::Protocol::smtp, rules.hostname, rules.timeouts),
      host_(host),
      rules_(rules) {}

tl::expected<std::unique_ptr<HostSession>, HostFailure> HostSession::open(const RemoteHost& host, const HostRules& rules) {
    const auto ip = host.address.ip();
    const auto& source = ip && ip->is_v4() ? rules.source_v4 : rules.source_v6;
    auto socket = net::dial(host.address, rules.connect_timeout, ip ? source : std::nullopt);
    if (!socket) return tl::unexpected{failed(Step::connection, host, "4.4.1", socket.error().what)};
    std::unique_ptr<HostSession> session{new HostSession{std::move(*socket), host, rules}};
    const auto failure = session->begin();
    if (!failure) return session;
    // A handshake that fails leaves nothing to talk to: anew, and then in clear text, where nobody asks for more.
    if (failure->step != Step::security || host.security != Security::opportunistic || host.tls_first) return tl::unexpected{*failure};
    session.reset();
    auto plain = host;
    plain.security = Security::none;
    return open(plain, rules);
}

/// Until mail can be sent.
std::optional<HostFailure> HostSession::begin() {
    if (host_.tls_first) {
        const auto shaken = shake_hands();
        if (!shaken) return failed(Step::security, host_, "4.7.5", shaken.error().what);
        channel_.replace(*tls_);
    }
    const auto greeted = session_.greet();
    if (!greeted) return failed(Step::greeting, host_, "4.4.2", greeted.error().what);
    if (!greeted->is_positive()) {
        auto reply = *greeted;
        reply.text = fmt::format("{}: {}", host_.to_string(), reply.text);
        return HostFailure{Step::greeting, reply};
    }
    return secure();
}

/// TLS as far as it has to be, and can be.
std::optional<HostFailure> HostSession::secure() {
    const bool is_needed = host_.security != Security::none && host_.security != Security::opportunistic;
    const bool is_wanted = is_needed || host_.security == Security::opportunistic;
    if (is_wanted && !tls_) {
        if (rules_.tls == nullptr || !session_.extensions().offers("STARTTLS")) {
            if (!is_needed) return {};
            return failed(Step::security, host_, "4.7.10", "TLS is needed here, and was not offered");
        }
        const auto started = session_.start_tls([&]() -> Result<smtp::StartedTls> {
            if (auto shaken = shake_hands(); !shaken) return failure(shaken.error());
            return smtp::StartedTls{*tls_, tls_->description()};
        });
        if (!started) return failed(Step::security, host_, "4.7.5", started.error().what);
        if (!started->is_positive() && (is_needed || tls_)) {
            return failed(Step::security, host_, "4.7.5", "STARTTLS: " + smtp::to_string(*started));
        }
    }
    if (is_trusted_enough(host_.security, trust_)) return {};
    return failed(Step::security, host_, "4.7.5", "certificate: " + tls_->judge().trouble);
}

Result<void> HostSession::shake_hands() {
    auto tls = tls::TlsStream::connect(*rules_.tls, host_.expectation, stream_, io::Deadline::after(rules_.timeouts.command));
    if (!tls) return failure(tls.error());
    tls_ = std::move(*tls);
    trust_ = tls_->judge().trust;
    return {};
}

std::vector<smtp::Reply> HostSession::send(const queue::Message& message, std::span<const std::size_t> numbers) {
    const auto lost = [&](std::string_view why) {
        return smtp::Reply{451, "4.4.2", fmt::format("{}: {}", host_.to_string(), why)};
    };
    const auto eight_bit = has_eight_bit_text(message);
    if (!eight_bit) return std::vector<smtp::Reply>(numbers.size(), smtp::Reply{451, "4.3.0", eight_bit.error().what});

    const auto envelope = envelope_for(message, numbers);
    auto sent = session_.send({envelope, [&](const io::TextSink& write) { return send_text(message, write); },
                               message.name().wire_octets, *eight_bit});
    broken_ = sent.broken.has_value();
    text_began_ = sent.text_began;
    std::vector<smtp::Reply> replies;
    replies.reserve(sent.replies.size());
    for (auto& reply : sent.replies) {
        replies.push_back(reply ? smtp::Reply{reply->code, reply->enhanced, fmt::format("{}: {}", host_.to_string(), reply->text)}
                                : lost(sent.broken ? sent.broken->what : "no reply"));
    }
    return replies;
}

/// What comes unasked is a farewell; under TLS it may also be a ticket, which the next read takes.
bool HostSession::is_usable() const { return !broken_ && !channel_.has_input() && (tls_ || !stream_.has_input()); }

void HostSession::quit() {
    if (!broken_) session_.quit();
}

}  // namespace mailpipe::mta

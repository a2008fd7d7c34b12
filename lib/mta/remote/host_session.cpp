// SPDX-License-Identifier: ISC
#include "mta/remote/host_session.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "io/deadline.hpp"
#include "mta/message_text.hpp"
#include "net/dial.hpp"
#include "smtp/read_reply.hpp"

namespace mailpipe::mta {

namespace {

using Step = HostFailure::Step;

constexpr std::size_t max_transaction_recipients = 100;

using Command = std::optional<smtp::ClientCommand>;

/// With the host before them, and the command: what it said "to" that, or what went wrong "at" it. remote_reply() takes it apart.
std::string words_with(const RemoteHost& host, std::string_view how, Command command, std::string_view words) {
    if (!command) return fmt::format("{}: {}", host.to_string(), words);
    return fmt::format("{} {} {}: {}", host.to_string(), how, smtp::to_string(*command), words);
}

/// The same for a reply that is not taken at its word: its own code goes before it (spool(5)).
std::string doubted(const RemoteHost& host, Command command, const smtp::Reply& reply) {
    return smtp::to_string({reply.code, reply.enhanced, words_with(host, "to", command, reply.text)});
}

HostFailure failed(Step step, const RemoteHost& host, std::string_view enhanced, std::string_view what, Command command = {}) {
    return {step, {451, std::string{enhanced}, words_with(host, "at", command, what)}};
}

/// What a host says before it was asked would be taken for the reply to MAIL, and that one for the next: nothing is begun.
smtp::Reply read_unasked(io::Channel& channel, const RemoteHost& host, io::Deadline deadline) {
    const auto said = smtp::read_reply(channel, deadline);
    const auto words = said ? "peer speaks unasked: " + smtp::to_string(*said) : said.error().what;
    return {451, "4.4.2", words_with(host, "at", {}, words)};
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
      session_(channel_, host.protocol, rules.hostname, rules.timeouts),
      host_(host),
      rules_(rules) {
    session_.use_chunking(host.chunking);
    session_.watch_turns();
}

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
    auto other = open(plain, rules);
    if (other) (*other)->tls_trouble_ = failure->reply.text;
    return other;
}

/// Until mail can be sent.
std::optional<HostFailure> HostSession::begin() {
    if (host_.tls_first) {
        const auto shaken = shake_hands();
        if (!shaken) return failed(Step::security, host_, "4.7.5", shaken.error().what);
        channel_.replace(*tls_);
    }
    const auto greeted = session_.greet();
    if (!greeted) return failed(Step::greeting, host_, "4.4.2", greeted.error().what, session_.last_command());
    if (!greeted->is_positive()) {
        auto reply = *greeted;
        reply.text = words_with(host_, "to", session_.last_command(), reply.text);
        return HostFailure{Step::greeting, reply};
    }
    if (auto failure = secure()) return failure;
    return log_in();
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
        const auto command = session_.last_command();
        if (!started) return failed(Step::security, host_, "4.7.5", started.error().what, command);
        if (!started->is_positive()) {
            tls_trouble_ = "STARTTLS: " + smtp::to_string(*started);
            if (is_needed || tls_) {
                return HostFailure{Step::security, {451, "4.7.5", doubted(host_, command, *started)}};
            }
        }
    }
    if (is_trusted_enough(host_.security, trust_)) return {};
    return failed(Step::security, host_, "4.7.5", "certificate: " + trouble_);
}

/// A password that is refused is our own fault, to be mended here: nobody's mail goes back for it. What the server says is not
/// told: it may repeat the password, and this gets into logs and reports. What we say ourselves is.
std::optional<HostFailure> HostSession::log_in() {
    if (!host_.login) return {};
    const auto ip = host_.address.ip();
    const bool is_guarded = tls_ || host_.address.is_unix() || (ip && ip->is_loopback());
    const auto reply = session_.authenticate(*host_.login, is_guarded ? smtp::Wire::guarded : smtp::Wire::open);
    const auto command = session_.last_command();
    if (!reply) return failed(Step::login, host_, "4.7.0", "login: the conversation broke, or the server is not who it should be", command);
    if (reply->is_positive()) return {};
    const auto words = command ? fmt::format("refused with {}", reply->code) : reply->text;
    return failed(Step::login, host_, "4.7.8", fmt::format("login of {}: {}", host_.login->user, words), smtp::ClientCommand::auth);
}

Result<void> HostSession::shake_hands() {
    auto tls = tls::TlsStream::connect(*rules_.tls, host_.expectation, stream_, io::Deadline::after(rules_.timeouts.command));
    if (!tls) return failure(tls.error());
    tls_ = std::move(*tls);
    auto verdict = tls_->judge();
    trust_ = verdict.trust;
    trouble_ = std::move(verdict.trouble);
    return {};
}

std::vector<smtp::Reply> HostSession::send(const Transfer& transfer, const Fd& file, const std::function<void()>& begins) {
    MessageText text{file, transfer.begin, transfer.end};
    const auto eight_bit = text.has_eight_bits();
    if (!eight_bit) return std::vector<smtp::Reply>(transfer.envelope.recipients.size(), smtp::Reply{451, "4.3.0", eight_bit.error().what});
    has_answered_ = false;
    if (smtp::look_ahead(channel_) == smtp::Ahead::text) {
        broken_ = true;
        text_began_ = knows_no_bdat_ = false;
        const auto said = read_unasked(channel_, host_, io::Deadline::after(rules_.timeouts.command));
        return std::vector<smtp::Reply>(transfer.envelope.recipients.size(), said);
    }

    const auto write_text = [&](const io::TextSink& write) {
        begins();
        return text.send(write);
    };
    auto sent = session_.send({.envelope = transfer.envelope, .text = write_text, .wire_octets = transfer.wire_octets,
                               .eight_bit = *eight_bit, .text_waits = transfer.text_waits});
    ++sent_;
    broken_ = sent.broken.has_value();
    text_began_ = sent.text_began;
    knows_no_bdat_ = sent.knows_no_bdat;
    has_answered_ = std::ranges::any_of(sent.answered, [](const auto& command) { return command.has_value(); });
    std::vector<smtp::Reply> replies;
    replies.reserve(sent.replies.size());
    const smtp::Reply lost{451, "4.4.2", words_with(host_, "at", sent.open, sent.broken ? sent.broken->what : "no reply")};
    for (std::size_t i = 0; i < sent.replies.size(); ++i) {
        const auto& reply = sent.replies[i];
        replies.push_back(reply ? from_host(*reply, sent.answered[i]) : lost);
    }
    return replies;
}

/// With the host's name, and the command, before its words. Who asks for the TLS that he could not do a moment ago may do it later.
smtp::Reply HostSession::from_host(const smtp::Reply& reply, std::optional<smtp::ClientCommand> command) const {
    const bool wants_tls = reply.code == 530 || (reply.is_permanent() && reply.enhanced.starts_with("5.7."));
    if (tls_trouble_.empty() || !wants_tls) return {reply.code, reply.enhanced, words_with(host_, "to", command, reply.text)};
    return {451, "4.7.5", fmt::format("{}; TLS had failed: {}", doubted(host_, command, reply), tls_trouble_)};
}

/// What comes unasked is a farewell; under TLS it may also be a ticket, which the next read takes.
bool HostSession::is_usable() const {
    const bool may_go_on = sent_ < extensions().max_mails().value_or(SIZE_MAX);
    return may_go_on && !broken_ && !channel_.has_input() && (tls_ || !stream_.has_input());
}

bool HostSession::wait_for(int other) {
    constexpr std::chrono::hours patience{24};
    io::Watched watched[] = {{other}};
    for (;;) {
        const auto woken = channel_.wait(watched, io::Deadline::after(patience));
        if (woken && *woken == io::Woken::other) return true;
        if (woken && *woken == io::Woken::deadline) continue;
        broken_ = true;
        return false;
    }
}

std::size_t HostSession::max_recipients() const {
    return std::clamp<std::size_t>(extensions().max_recipients().value_or(max_transaction_recipients), 1, max_transaction_recipients);
}

void HostSession::quit() {
    if (!broken_) session_.quit();
}

}  // namespace mailpipe::mta

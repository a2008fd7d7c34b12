// SPDX-License-Identifier: ISC
#include "mta/lookup/host_probe.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "io/channel.hpp"
#include "io/fd_stream.hpp"
#include "net/dial.hpp"
#include "smtp/client.hpp"
#include "smtp/read_reply.hpp"
#include "tls/tls_stream.hpp"

namespace mailpipe::mta {

namespace {

/// The ehlo-lines of a reply: all but the first (RFC 5321 section 4.1.1.1).
std::vector<std::string> extensions_of(const smtp::Reply& reply) {
    std::vector<std::string> lines;
    for (auto begin = reply.text.find('\n'); begin != std::string::npos;) {
        const auto end = reply.text.find('\n', ++begin);
        lines.push_back(reply.text.substr(begin, end - begin));
        begin = end;
    }
    return lines;
}

class Conversation {
public:
    Conversation(int socket, const ProbeRules& rules, HostProbe& probe)
        : rules_(rules), probe_(probe), stream_(socket, socket), channel_(stream_, rules.patience),
          session_(channel_, smtp::Protocol::smtp, rules.hostname, {rules.patience, rules.patience, rules.patience}) {}

    void to_the_end() {
        if (greet() && say_hello() && smtp::Extensions{hello_}.offers("STARTTLS")) secure();
        if (!is_broken_) session_.quit();
    }

private:
    /// What went wrong is told; a peer that still speaks gets its QUIT.
    bool fail(ProbeStep step, std::string what) {
        probe_.failure = {step, std::move(what)};
        return false;
    }
    bool is_taken(ProbeStep step, const Result<smtp::Reply>& reply) {
        if (reply && reply->is_positive()) return true;
        is_broken_ = !reply;
        return fail(step, reply ? smtp::to_string(*reply) : reply.error().what);
    }

    bool greet() {
        const auto greeting = smtp::read_reply(channel_, io::Deadline::after(rules_.patience));
        if (greeting) probe_.greeting = *greeting;
        return is_taken(ProbeStep::greeting, greeting);
    }

    bool say_hello() {
        auto reply = session_.command("EHLO " + rules_.hostname);
        if (reply && reply->is_permanent()) return is_taken(ProbeStep::ehlo, session_.command("HELO " + rules_.hostname));
        if (!is_taken(ProbeStep::ehlo, reply)) return false;
        probe_.extensions = extensions_of(*reply);
        hello_ = std::move(reply->text);
        return true;
    }

    bool secure() {
        std::optional<Error> unshaken;
        const auto reply = session_.start_tls([&]() -> Result<smtp::StartedTls> {
            auto shaken = shake_hands();
            if (!shaken) unshaken = shaken.error();
            return shaken;
        });
        const auto step = unshaken ? ProbeStep::handshake : probe_.tls ? ProbeStep::ehlo_under_tls : ProbeStep::starttls;
        if (!is_taken(step, reply)) return false;
        probe_.tls->extensions = extensions_of(*reply);
        return true;
    }

    Result<smtp::StartedTls> shake_hands() {
        auto tls = tls::TlsStream::connect(*rules_.tls, probe_.target.expectation, stream_, io::Deadline::after(rules_.patience));
        if (!tls) return failure(tls.error());
        tls_ = std::move(*tls);
        probe_.tls = {tls_->description(), tls_->judge(), tls_->describe_certificate()};
        return smtp::StartedTls{*tls_, probe_.tls->description};
    }

    const ProbeRules& rules_;
    HostProbe& probe_;
    io::FdStream stream_;
    std::unique_ptr<tls::TlsStream> tls_;
    io::Channel channel_;
    smtp::ClientSession session_;
    std::string hello_;
    bool is_broken_ = false;
};

}  // namespace

std::string_view to_string(ProbeStep step) {
    switch (step) {
        case ProbeStep::connect: return "connect";
        case ProbeStep::greeting: return "greeting";
        case ProbeStep::ehlo: return "ehlo";
        case ProbeStep::starttls: return "starttls";
        case ProbeStep::handshake: return "handshake";
        case ProbeStep::ehlo_under_tls: return "ehlo-under-tls";
    }
    return {};
}

std::string ProbeTarget::to_string() const {
    return fmt::format("{}[{}]:{}", host, address.ip() ? net::to_string(*address.ip()) : std::string{}, address.port());
}

HostProbe probe_host(const ProbeTarget& target, const ProbeRules& rules) {
    HostProbe probe{.target = target, .time = unix_seconds(system_clock().now())};
    const auto socket = net::dial(target.address, rules.patience);
    if (socket) Conversation{socket->number(), rules, probe}.to_the_end();
    else probe.failure = {ProbeStep::connect, socket.error().what};
    return probe;
}

}  // namespace mailpipe::mta

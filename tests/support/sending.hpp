// SPDX-License-Identifier: ISC
// A dispatcher with all that it works with, and hosts on the loopback that take what it sends.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mta/dispatch/dispatcher.hpp"
#include "support/loopback_host.hpp"
#include "support/spooled.hpp"
#include "support/zone_resolver.hpp"

namespace mailpipe::test {

using namespace std::chrono_literals;

/// Everything that is there on our side; what it is to find in the DNS is said by each test.
struct Sending : SpoolSite {
    ZoneResolver dns;
    mta::Routes routes;
    mta::TlsMemory memory{spool, clock};
    mta::Outcomes outcomes{spool, claims, {"here.example", {"postmaster", "here.example"}}, clock};
    std::size_t concluded = 0;
    mta::DispatchLimits limits;
    std::unique_ptr<mta::Dispatcher> dispatcher;

    /// All hosts have that port.
    void open(std::uint16_t port) {
        mta::DispatchWorld world{&claims, &outcomes, &dns, -1, &memory, {&routes, &memory, {{"here.example"}, {}}, port},
                                 {.hostname = "here.example", .tls = &trusting(), .connect_timeout = 5s, .timeouts = {5s, 5s, 5s}},
                                 limits, [this](queue::Message& message) {
                                     ++concluded;
                                     outcomes.conclude(message);
                                 }};
        dispatcher = mta::Dispatcher::open(std::move(world)).value();
    }
    void site(const std::string& domain, const std::string& host, const std::string& address = "127.0.0.1") {
        dns.mx(domain, 10, host);
        dns.address(host, address);
    }
    void send(std::vector<std::string_view> recipients) { send(envelope_to(recipients)); }
    void send(const mail::Envelope& envelope, std::string_view text = "Received: x\nSubject: hi\n\nhello\n") {
        auto message = take(envelope, text);
        std::vector<std::size_t> numbers(message.recipients().size());
        for (std::size_t n = 0; n < numbers.size(); ++n) numbers[n] = n;
        dispatcher->add(std::move(message), std::move(numbers));
    }
    /// Until all is done, or parked.
    void run() {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!dispatcher->is_idle() && std::chrono::steady_clock::now() < end) {
            dispatcher->turn(100ms);
            for (const auto& name : dispatcher->retakable()) {
                if (!claims.take(spool.waiting(), name).value()) continue;
                auto message = queue::Message::open(claims.directory(), name, queue::Message::Access::work).value();
                dispatcher->add(std::move(message), {0});
            }
        }
        CHECK(dispatcher->is_idle());
        dispatcher->close_idle();
    }
    std::vector<queue::Message> deferred() const {
        std::vector<queue::Message> messages;
        for (const auto& name : names_in(spool.waiting())) {
            messages.push_back(queue::Message::open(spool.waiting(), name, queue::Message::Access::look).value());
        }
        return messages;
    }
    /// The text of the only recipient's last outcome, of the only message that waits.
    std::string reason() const {
        const auto messages = deferred();
        REQUIRE(messages.size() == 1);
        REQUIRE(messages[0].recipients()[0].last);
        return reply_text(*messages[0].recipients()[0].last);
    }
};

/// A host that takes everything; what it took can be looked at once it is gone.
struct Taking {
    Server server;
    std::unique_ptr<Host> host;

    Taking() : Taking([](Server& takes) { return takes.without_tls(); }) {}
    explicit Taking(const std::function<Host::Way(Server&)>& way) : host(std::make_unique<Host>(std::vector<Host::Way>{way(server)})) {}
    std::uint16_t port() const { return host->address.port(); }
    const auto& messages() {
        host.reset();
        return server.mailroom.messages;
    }
};

inline std::uint16_t unused_port() {
    const Host gone{{says("")}};
    return gone.address.port();
}

}  // namespace mailpipe::test

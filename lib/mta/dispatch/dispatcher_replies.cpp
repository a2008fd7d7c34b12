// SPDX-License-Identifier: ISC
// What replies come to: outcomes in the journal, another try over the other family of addresses, what is remembered of the domain.
#include <sys/socket.h>

#include <algorithm>

#include "base/clock.hpp"
#include "mta/dispatch/dispatcher.hpp"

namespace mailpipe::mta {

namespace {

/// What DANE has proven no CA may be able to: such a host is only known to have TLS when its records are gone.
SeenTls seen_tls(const Connected& info) {
    if (info.tls.empty()) return SeenTls::plain;
    return info.trust == tls::Trust::pkix ? SeenTls::verified : SeenTls::encrypted;
}

}  // namespace

/// Replies become outcomes; but for recipients who are to be tried once more, over the other family of addresses.
void Dispatcher::settle(Link& link, Work work, const std::vector<smtp::Reply>& replies) {
    auto& site = *link.site;
    if (replies.size() != work.numbers.size()) return defer(site, work, {451, "4.3.0", "a worker has answered for others"});
    const auto complaint = std::ranges::find_if(replies, is_throttling);
    const auto is_settled = [](const smtp::Reply& reply) { return reply.is_positive() || reply.is_permanent(); };
    if (complaint != replies.end()) throttle(site);
    else if (std::ranges::any_of(replies, is_settled)) site.pace.succeeded();

    auto again = other_family(link, work);
    Work rest{work.held, {}, {}, work.family, work.is_second_family};  // for whom there was no room in this transaction
    const bool any_taken = std::ranges::any_of(replies, &smtp::Reply::is_positive);
    for (std::size_t n = 0; n < replies.size(); ++n) {
        if (any_taken && is_one_recipient_too_many(replies[n])) {
            rest.numbers.push_back(work.numbers[n]);
            if (!work.refusals.empty()) rest.refusals.push_back(work.refusals[n]);
            continue;
        }
        if (again && is_policy_refusal(replies[n])) {
            again->numbers.push_back(work.numbers[n]);
            again->refusals.push_back(replies[n]);
            continue;
        }
        note_reply(site, *work.held, work.numbers[n], replies[n]);
        if (!replies[n].is_positive()) continue;
        remember(*work.held, work.numbers[n], link.info);
        if (link.info.offers_dsn) world_.outcomes->leave_reports(work.held->message, work.numbers[n], link.connection->host().name);
    }
    if (!rest.numbers.empty()) {
        ++work.held->open;
        site.queue.push_front(std::move(rest));
    }
    if (again && !again->numbers.empty()) {
        ++work.held->open;
        site.queue.push_front(std::move(*again));
    }
    if (complaint != replies.end() && site.pace.has_had_enough()) {
        site.last_failure = {451, "4.7.0", smtp::to_string(*complaint) + "; the site wants less mail"};
        fail(site);
    }
    done(*work.held);
}

/// The same for the other family, where the site has such addresses and that was not tried yet.
std::optional<Work> Dispatcher::other_family(const Link& link, const Work& work) const {
    const auto family = link.connection->host().address.family();
    if (work.is_second_family || (family != AF_INET && family != AF_INET6)) return {};
    const auto other = family == AF_INET ? AF_INET6 : AF_INET;
    const auto is_there = std::ranges::any_of(link.site->plan.hosts, [&](const PlannedHost& planned) {
        return planned.host.address.family() == other && !hosts_.is_dead(planned.host.address, now());
    });
    if (!is_there) return {};
    return Work{work.held, {}, {}, other, /*is_second_family=*/true};
}

void Dispatcher::note_site(Held& held, const Site& site, std::size_t number) {
    if (held.message.recipients()[number].site == site.plan.name) return;
    held.message.note({unix_seconds(system_clock().now()), number + 1, queue::Event::routed, 250, "2.0.0", site.plan.name});
}

/// How safely the domain's mail went is not undercut from now on.
void Dispatcher::remember(const Held& held, std::size_t number, const Connected& info) const {
    const auto here = std::ranges::find_if(held.destinations, [&](const Held::Destination& destination) {
        return std::ranges::find(destination.numbers, number) != destination.numbers.end();
    });
    if (here == held.destinations.end()) return;
    const auto& known_as = here->terms.remembered_as;
    if (known_as.empty()) return;
    if (auto saw = world_.memory->saw(known_as, seen_tls(info)); !saw) world_.outcomes->trouble(saw.error());
}

void Dispatcher::note_reply(const Site& site, Held& held, std::size_t number, const smtp::Reply& reply) {
    note_site(held, site, number);
    world_.outcomes->note_reply(held.message, number, reply, site.plan.is_lmtp ? queue::Event::delivered : queue::Event::relayed);
}

void Dispatcher::defer(Site& site, const Work& work, const smtp::Reply& reply) {
    for (const auto number : work.numbers) note_reply(site, *work.held, number, reply);
    done(*work.held);
}

}  // namespace mailpipe::mta

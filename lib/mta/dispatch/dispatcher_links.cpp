// SPDX-License-Identifier: ISC
// The connections of the dispatcher: when one is opened, what it is given, what is heard of it.
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "mta/dispatch/dispatcher.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::chrono::minutes site_rest{5};  // after all its hosts have failed
constexpr unsigned max_lost = 2;              // conversations that may break down before a message is told to wait

Counted counted_tls(const Connected& info) {
    if (info.tls.empty()) return Counted::plain;
    return info.trust == tls::Trust::nobody ? Counted::encrypted : Counted::verified;
}

/// What the peer has said in the wrong place, or for good, where another day may be better.
bool is_temporary(const smtp::Reply& reply) { return reply.code >= 400 && reply.code < 500; }

/// A host that sends everybody away may let us in tomorrow.
smtp::Reply temporary(smtp::Reply reply) {
    if (is_temporary(reply)) return reply;
    return {451, "4.4.0", smtp::to_string(reply)};
}

bool fits(const Work& work, const Link& link) {
    return work.family == AF_UNSPEC || work.family == link.connection->host().address.family();
}

}  // namespace

/// Gives the site's connections what waits for them, and opens more where it is allowed.
void Dispatcher::pump(Site& site) {
    if (site.queue.empty() || is_stopping_) return;
    activate(site);
    if (site.pace.paused_until() > now()) return;
    for (auto* link : idle_links(site)) {
        if (link->state == Link::State::idle && link->connection) feed(*link);
    }
    while (site.queue.size() > site.connecting() && may_connect(site)) {
        if (!connect(site, site.queue[site.connecting()].family)) break;
    }
}

/// Not more than the site is good for, nor than the run may have. Sites that nobody has reached yet take half of that at most, so
/// that dead ones are in nobody's way.
bool Dispatcher::may_connect(Site& site) {
    if (site.is_hungry || site.links.size() >= site.pace.connections()) return false;
    if (!site.pace.is_proven() && unproven_ >= (world_.limits.run_connections + 1) / 2) {
        has_unreached_ = true;
        return false;
    }
    if (!has_to_wait(site) && (links_ < world_.limits.run_connections || make_room(site))) return true;
    stand_in_line(site);
    return false;
}

void Dispatcher::stand_in_line(Site& site) {
    if (!std::exchange(site.is_hungry, true)) hungry_.push_back(&site);
}

/// Even if it has stood there for a while.
void Dispatcher::stand_at_the_end(Site& site) {
    std::erase(hungry_, &site);
    site.is_hungry = false;
    stand_in_line(site);
}

/// An idle connection of another site goes.
bool Dispatcher::make_room(const Site& site) {
    for (auto* other : active_) {
        if (other == &site) continue;
        const auto idle = idle_links(*other);
        if (idle.empty()) continue;
        close(*idle.front());
        return true;
    }
    return false;
}

/// False: it can't be done now, or there is nothing left to do it for.
bool Dispatcher::connect(Site& site, int family) {
    const auto chosen = choose_host(site, hosts_, family, now());
    if (!chosen) {
        if (chosen.error() == NoHost::all_busy) return false;
        if (family != AF_UNSPEC) give_up(site, family);
        else if (site.links.empty()) fail(site);
        return false;
    }
    auto connection = Connection::open((*chosen)->host, world_.hosts);
    if (!connection) {
        world_.outcomes->trouble(connection.error());
        site.pace.pause(now());  // no processes, no descriptors: in a while there may be
        if (links_ == 0) {       // but none that end with a connection of ours
            note_failure(site, (*chosen)->host.address, {451, "4.3.2", "no connection can be opened here: " + connection.error().what});
            fail(site);
        }
        return false;
    }
    auto link = std::make_unique<Link>();
    link->site = &site;
    link->is_first = !site.pace.is_proven();
    link->opened = now();
    link->connection = std::move(*connection);
    epoll_event event{EPOLLIN, {.ptr = link.get()}};
    if (::epoll_ctl(events_.number(), EPOLL_CTL_ADD, link->connection->line(), &event) != 0) {
        world_.outcomes->trouble(system_error(errno, "epoll"));
        leaving_.push_back(link->connection->process());
        site.pace.pause(now());
        return false;
    }
    hosts_.opened(link->connection->host().address);
    ++links_;
    unproven_ += link->is_first;
    site.links.push_back(std::move(link));
    return true;
}

/// The other family can't be had: what the first one said holds.
void Dispatcher::give_up(Site& site, int family) {
    std::vector<Work> given_up;
    std::erase_if(site.queue, [&](Work& work) {
        const bool goes = work.family == family;
        if (goes) given_up.push_back(std::move(work));
        return goes;
    });
    for (auto& work : given_up) {
        for (std::size_t n = 0; n < work.numbers.size(); ++n) note_reply(site, *work.held, work.numbers[n], work.refusals[n]);
        done(*work.held);
    }
}

/// False: nothing waits that it could do.
bool Dispatcher::feed(Link& link) {
    auto& site = *link.site;
    if (site.pace.paused_until() > now()) return false;
    const auto next = std::ranges::find_if(site.queue, [&](const Work& work) { return fits(work, link); });
    if (next == site.queue.end()) return false;
    auto work = std::move(*next);
    site.queue.erase(next);
    if (work.held->is_stuck) {
        defer(site, work, no_room());
        return feed(link);
    }
    if (work.numbers.size() > link.info.max_recipients) {
        ++work.held->open;
        site.queue.push_front(split(work, link.info.max_recipients));
    }
    begin(link, std::move(work));
    return true;
}

void Dispatcher::begin(Link& link, Work work) {
    auto transfer = transfer_of(work.held->message, work.numbers);
    if (link.site->plan.is_lmtp) transfer.envelope.require_tls = false;  // it is there: RFC 8689 speaks of the way between hosts
    transfer.text_waits = link.is_first && is_crowded();
    const auto sent = link.connection->send(transfer, work.held->message.file());
    if (!sent && sent.error().fault == Fault::permanent) {
        return defer(*link.site, work, {451, "4.3.0", sent.error().what});
    }
    if (sent) {
        link.state = Link::State::busy;
        link.text_may_be_out = !transfer.text_waits;
        link.work = std::move(work);
        return;
    }
    begin_again(link, std::move(work));
}

/// The conversation ends before it was begun: at once, over another connection, but not for ever, nor always to this host.
void Dispatcher::begin_again(Link& link, Work work) {
    auto& site = *link.site;
    const auto host = link.connection->host();
    close(link);
    if (++work.lost > max_lost) {
        return defer(site, work, {451, "4.4.2", host.to_string() + ": ends the conversation before it begins"});
    }
    if (work.lost > 1) pass_over(site, host.address);
    site.queue.push_front(std::move(work));
}

/// No host of the site can be had: what waits for it is told so, and what comes in the next minutes, too.
void Dispatcher::fail(Site& site) {
    site.dead_until = now() + site_rest;
    if (!site.has_failed && !site.pace.has_had_enough()) site.last_failure = {451, "4.4.1", "its hosts could not be reached a moment ago"};
    const auto is_unfit = [&](const PlannedHost& planned) { return site.unfit.contains(net::to_string(planned.host.address)); };
    if (site.last_failure.is_permanent() && (site.plan.has_unknown || !std::ranges::all_of(site.plan.hosts, is_unfit))) {
        site.failures.push_back(std::exchange(site.last_failure, {451, "4.4.1", "other hosts of the site could not be asked now"}));
    }
    note_tried(site);
    for (auto& work : std::exchange(site.queue, {})) defer(site, work, site.last_failure);
    site.pace.forget();
}

/// What waits has these hosts behind it.
void Dispatcher::note_tried(Site& site) {
    const auto time = unix_seconds(system_clock().now());
    for (auto& work : site.queue) {
        for (const auto number : work.numbers) {
            for (const auto& failure : site.failures) {
                work.held->message.note({time, number + 1, queue::Event::tried, failure.code, failure.enhanced, failure.text});
            }
        }
    }
    site.forget_failures();
}

void Dispatcher::hear(Link& link) {
    if (const auto gone = hear_all(link)) lost(link, *gone);
}

/// All that its worker has said. The error: that has ended without a word.
std::optional<Error> Dispatcher::hear_all(Link& link) {
    while (link.connection) {
        auto report = link.connection->receive();
        if (!report) return {};
        if (!*report) return report->error();
        std::visit([&](auto&& said) { heard(link, std::forward<decltype(said)>(said)); }, std::move(**report));
    }
    return {};
}

void Dispatcher::heard(Link& link, Connected info) {
    auto& site = *link.site;
    const auto& host = link.connection->host();
    LogLine("connected").add("host", host.to_string()).add("site", site.plan.name).add("tls", info.tls.empty() ? "none" : info.tls)
        .write();
    world_.outcomes->count(site.plan.name, counted_tls(info));
    if (site.plan.needs_requiretls && !info.offers_requiretls) return pass_by(link);
    link.info = std::move(info);
    link.info.max_recipients = std::max<std::size_t>(link.info.max_recipients, 1);
    link.state = Link::State::idle;
    link.idle_since = now();
    if (site.has_failed) site.failures.push_back(site.last_failure);
    note_tried(site);
    pump(site);
}

/// A host that can't promise what REQUIRETLS asks for; another one may (RFC 8689 section 4.2.1).
void Dispatcher::pass_by(Link& link) {
    auto& site = *link.site;
    const auto& host = link.connection->host();
    site.unfit.insert(net::to_string(host.address));
    note_failure(site, host.address, {550, "5.7.30", host.to_string() + ": does not offer REQUIRETLS"});
    close(link);
    pump(site);
}

void Dispatcher::heard(Link& link, HostFailure failure) {
    auto& site = *link.site;
    drop(link, std::move(failure));
    pump(site);
}

/// This host takes nothing now; another one may. That it is not as safe as this site needs it says nothing to others.
void Dispatcher::drop(Link& link, HostFailure failure) {
    using Step = HostFailure::Step;
    auto& site = *link.site;
    const auto& address = link.connection->host().address;
    if (failure.step == Step::greeting && is_throttling(failure.reply)) throttle(site);
    // Where others talk to it well, one connection more was too much, and that is all.
    const bool is_one_too_many = failure.step == Step::greeting && is_throttling(failure.reply) && hosts_.connections(address) > 1;
    const bool is_dead = failure.step == Step::connection || failure.step == Step::greeting;
    if (is_dead && !is_one_too_many) hosts_.failed(address, now());
    world_.outcomes->count(site.plan.name, Counted::unreachable);
    if (!is_one_too_many) note_failure(site, address, temporary(std::move(failure.reply)));
    close(link);
}

/// A host that may do another time is a reason to wait, whatever others say.
void Dispatcher::note_failure(Site& site, const net::SocketAddress& address, smtp::Reply reply) {
    site.failed[net::to_string(address)] = now();
    const bool is_first = !std::exchange(site.has_failed, true);
    if (!is_first && reply.is_permanent() && !site.last_failure.is_permanent()) return site.failures.push_back(std::move(reply));
    if (!is_first) site.failures.push_back(site.last_failure);
    site.last_failure = std::move(reply);
}

void Dispatcher::heard(Link& link, TextBegins) { link.text_may_be_out = true; }

void Dispatcher::heard(Link& link, Finished result) {
    auto& site = *link.site;
    auto work = std::move(*link.work);
    link.work.reset();
    link.state = Link::State::idle;
    link.idle_since = now();
    const bool is_refused = std::ranges::all_of(result.replies, &smtp::Reply::is_permanent);
    if (result.has_answer) prove(link);
    if (result.is_untouched && !is_refused && ++work.lost <= max_lost) {
        if (std::ranges::any_of(result.replies, is_throttling)) throttle(site);
        if (work.lost > 1) pass_over(site, link.connection->host().address);
        site.queue.push_front(std::move(work));
    } else {
        settle(link, std::move(work), std::move(result.replies));
    }
    const bool yields = has_to_yield(link);
    if (!result.goes_on || yields || is_in_the_way(link)) close(link);
    if (yields && !site.queue.empty()) stand_at_the_end(site);
    pump(site);
    if (!site.parked.empty() && site.queue.size() <= share() / 2) unpark(site);
}

/// Greetings are cheap: only who has answered in a transaction is good for more.
void Dispatcher::prove(Link& link) {
    unproven_ -= std::exchange(link.is_first, false);
    link.site->pace.proved();
}

/// What is next has to go over the other family, where there is no connection yet, and the site may have no connection more.
bool Dispatcher::is_in_the_way(const Link& link) const {
    const auto& site = *link.site;
    if (site.queue.empty() || (site.links.size() < site.pace.connections() && links_ < world_.limits.run_connections)) return false;
    return std::ranges::none_of(site.links, [&](const auto& other) { return fits(site.queue.front(), *other); });
}

void Dispatcher::throttle(Site& site) {
    if (site.pace.throttled(now())) world_.outcomes->count(site.plan.name, Counted::throttled);
}

/// A transfer that was sent meanwhile has not been begun.
void Dispatcher::heard(Link& link, Leaving) {
    auto& site = *link.site;
    auto work = std::exchange(link.work, {});
    if (work) begin_again(link, std::move(*work));
    else close(link);
    pump(site);
}

/// The worker has ended without an answer: what it was at may have been done, and is tried again later.
void Dispatcher::lost(Link& link, const Error& error) {
    auto& site = *link.site;
    const smtp::Reply reply{451, "4.3.0", fmt::format("{}: {}", link.connection->host().to_string(), error.what)};
    if (link.state == Link::State::connecting) return heard(link, HostFailure{HostFailure::Step::connection, reply});
    const auto work = std::move(link.work);
    close(link);
    if (work) defer(site, *work, reply);
    pump(site);
}

void Dispatcher::close(Link& link) {
    auto& site = *link.site;
    leaving_.push_back(link.connection->process());
    hosts_.closed(link.connection->host().address);
    // Closing is not enough: a child that has only just been forked still has a copy, and epoll would go on about this link.
    ::epoll_ctl(events_.number(), EPOLL_CTL_DEL, link.connection->line(), nullptr);
    link.connection.reset();
    --links_;
    unproven_ -= link.is_first;
    const auto place = std::ranges::find(site.links, &link, &std::unique_ptr<Link>::get);
    closed_.push_back(std::move(*place));
    site.links.erase(place);
}

}  // namespace mailpipe::mta

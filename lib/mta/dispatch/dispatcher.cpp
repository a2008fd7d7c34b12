// SPDX-License-Identifier: ISC
// What comes in, and where it is to go. What the connections do with it: dispatcher_links.cpp; what it
// comes to: dispatcher_replies.cpp.
#include "mta/dispatch/dispatcher.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <random>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "mta/dispatch/tls_wish.hpp"
#include "queue/file_name.hpp"

namespace mailpipe::mta {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes plan_lifetime{5};           // then the DNS is asked anew
constexpr std::chrono::seconds trouble_lifetime{30};       // the same where it could not be told
constexpr std::chrono::milliseconds tidy_interval{100};
constexpr std::chrono::seconds idle_time{3};               // a connection is kept for what may come
constexpr std::chrono::seconds turn_time{3};               // and as long by a site with mail, while others have none
constexpr std::chrono::seconds stop_patience{30};
constexpr std::chrono::milliseconds leave_patience{2000};  // for workers to say QUIT

/// What is known of the domain holds for this message from now on, however long others of it take.
void direct(Held::Destination& destination, const Held::Destination& plan) {
    auto numbers = std::move(destination.numbers);
    destination = plan;
    destination.numbers = std::move(numbers);
}

}  // namespace

Dispatcher::Dispatcher(DispatchWorld world, Fd events)
    : world_(std::move(world)), events_(std::move(events)), hosts_(world_.limits.host_connections), seed_(std::random_device{}()) {}

Dispatcher::~Dispatcher() = default;

bool Dispatcher::Domain::is_known(Moment now) const {
    const bool is_trouble = plan && plan->refusal && !plan->refusal->is_permanent();
    return plan && now - planned < (is_trouble ? std::chrono::seconds{trouble_lifetime} : std::chrono::seconds{plan_lifetime});
}

Result<std::unique_ptr<Dispatcher>> Dispatcher::open(DispatchWorld world) {
    Fd events{::epoll_create1(EPOLL_CLOEXEC)};
    if (!events) return failure({Fault::transient, system_error(errno, "epoll").what, ExitStatus::try_again});
    if (world.resolver_file >= 0) {
        epoll_event event{EPOLLIN, {.ptr = nullptr}};
        if (::epoll_ctl(events.number(), EPOLL_CTL_ADD, world.resolver_file, &event) != 0) {
            return failure({Fault::transient, system_error(errno, "epoll").what, ExitStatus::try_again});
        }
    }
    return std::unique_ptr<Dispatcher>{new Dispatcher{std::move(world), std::move(events)}};
}

void Dispatcher::add(queue::Message message, std::vector<std::size_t> numbers) {
    is_closing_ = false;
    if (held_.size() >= world_.limits.run_messages && park(message, lobby_)) return;
    auto owned = std::make_unique<Held>(Held{std::move(message), {}});
    auto& held = *owned;
    held_.emplace(&held, std::move(owned));
    for (const auto number : numbers) {
        const auto domain = lower(held.message.recipients()[number].recipient.mailbox.domain);
        const auto known = std::ranges::find(held.destinations, domain, &Held::Destination::domain);
        if (known != held.destinations.end()) known->numbers.push_back(number);
        else held.destinations.push_back({domain, {number}});
    }
    // One more than there are, so that answers that come at once do not route a message that is only half asked for.
    held.unplanned = held.destinations.size() + 1;
    for (auto& destination : held.destinations) {
        auto& entry = domains_[destination.domain];
        if (!entry.is_known(now())) {
            ask(destination.domain, entry, held);
            continue;
        }
        direct(destination, *entry.plan);
        --held.unplanned;
    }
    if (--held.unplanned == 0) route(held);
}

void Dispatcher::ask(const std::string& domain, Domain& entry, Held& held) {
    entry.waiting.push_back(&held);
    if (entry.waiting.size() > 1) return;
    plan_site(world_.plan, *world_.resolver, domain, ++seed_, [this, domain](SitePlan plan) { planned(domain, std::move(plan)); });
}

void Dispatcher::planned(const std::string& domain, SitePlan plan) {
    auto& entry = domains_[domain];
    entry.planned = now();
    entry.plan = Held::Destination{domain, {}, nullptr, plan.refusal, plan.terms};
    for (auto& [host, preference, why] : plan.hosts) {
        host.protocol = plan.is_lmtp ? smtp::Protocol::lmtp : smtp::Protocol::smtp;
        host.login = plan.login;
    }
    if (!plan.refusal) entry.plan->site = site_for(std::move(plan));
    for (auto* held : std::exchange(entry.waiting, {})) {
        direct(*std::ranges::find(held->destinations, domain, &Held::Destination::domain), *entry.plan);
        if (--held->unplanned == 0) route(*held);
    }
}

std::shared_ptr<Site> Dispatcher::site_for(SitePlan plan) {
    auto& site = sites_[plan.key];
    if (!site) site = std::make_shared<Site>(std::move(plan), world_.limits.site_connections);
    else site->plan = std::move(plan);
    return site;
}

/// All its domains have their plans: its recipients come together by sites.
void Dispatcher::route(Held& held) {
    const auto wish = tls_wish(held.message);
    std::vector<std::pair<std::shared_ptr<Site>, std::vector<std::size_t>>> parts;
    for (auto& destination : held.destinations) {
        const auto& numbers = destination.numbers;
        const auto fit = destination.refusal ? TlsFit::refused : fit_of(wish, destination.terms, destination.site->plan.is_lmtp);
        if (fit == TlsFit::refused) {
            const auto& why = destination.refusal ? *destination.refusal : unsure_hosts();
            for (const auto number : numbers) world_.outcomes->note_reply(held.message, number, why, queue::Event::relayed);
            continue;
        }
        auto site = fit == TlsFit::as_planned ? destination.site : site_for(fitted(destination.site->plan, fit));
        const auto part = std::ranges::find(parts, site, [](const auto& known) { return known.first; });
        if (part == parts.end()) parts.emplace_back(std::move(site), numbers);
        else part->second.insert(part->second.end(), numbers.begin(), numbers.end());
    }
    if (parts.size() == 1 && has_enough(*parts.front().first) && park(held.message, parts.front().first->parked)) return forget(held);
    held.open = parts.size() + 1;
    for (auto& [site, numbers] : parts) {
        Work work{&held, std::move(numbers)};
        if (site->is_dead(now())) {
            defer(*site, work, site->last_failure);
            continue;
        }
        site->queue.push_back(std::move(work));
        pump(*site);
    }
    done(held);
}

/// One piece of work is over.
void Dispatcher::done(Held& held) {
    if (--held.open == 0) {
        world_.conclude(held.message);
        return forget(held);
    }
    // What is confirmed is written down before more of it is tried.
    if (held.message.must_save() && !world_.outcomes->save(held.message)) held.is_stuck = true;
}

void Dispatcher::forget(Held& held) { held_.erase(&held); }

/// So many messages of one site may be claimed: fewer where there are many sites, so that none takes the room of others.
std::size_t Dispatcher::share() const {
    const auto& limits = world_.limits;
    return std::clamp<std::size_t>(limits.run_messages / (2 * (active_.size() + 1)), 10, std::max<std::size_t>(limits.site_messages, 10));
}

/// One that nobody has reached yet gets no more than it needs to be tried, where room is scarce.
std::size_t Dispatcher::enough(const Site& site) const {
    const bool is_doubtful = !site.pace.is_proven() && held_.size() > world_.limits.run_messages / 2;
    return is_doubtful ? 1 : share();
}

bool Dispatcher::has_enough(const Site& site) const { return !site.is_dead(now()) && site.queue.size() >= enough(site); }

/// The message goes back, and waits in cur/ for whoever has the time. False: it can't, so it stays.
bool Dispatcher::park(queue::Message& message, std::deque<std::string>& place) {
    auto name = message.name();
    name.due = unix_seconds(system_clock().now());
    if (message.has_unsaved() && !world_.outcomes->save(message)) return false;
    if (!world_.claims->put_back(message.name(), *name.due)) return false;
    place.push_back(to_string(name));
    parked_.insert(name.id);
    return true;
}

void Dispatcher::unpark(std::deque<std::string>& place, std::size_t most) {
    for (; !place.empty() && most > 0; --most) {
        if (const auto parsed = queue::parse_file_name(place.front())) parked_.erase(parsed->id);
        retakable_.push_back(std::move(place.front()));
        place.pop_front();
    }
}

/// Those that there is room for, or nothing to wait for.
void Dispatcher::unpark(Site& site) {
    const auto wanted = enough(site) / 2 + 1;
    unpark(site.parked, site.is_dead(now()) ? share() : wanted - std::min(wanted, site.queue.size()));
}

/// A site that waits for a connection has fewer than this one, or as many, and was first.
bool Dispatcher::has_to_wait(const Site& site) const {
    const auto least = site.links.size() + (&site == served_ ? 0 : 1);
    return std::ranges::any_of(hungry_, [&](const Site* other) { return other->links.size() < least; });
}

/// A site that waits for a connection would still have fewer than this one with one more; or it has none, and this one had its turn.
bool Dispatcher::has_to_yield(const Link& link) const {
    const auto& site = *link.site;
    if (links_ + hungry_.size() <= world_.limits.run_connections) return false;
    const bool had_its_turn = now() - link.opened >= turn_time;
    return std::ranges::any_of(hungry_, [&](const Site* other) {
        return other->links.size() + 1 < site.links.size() || (had_its_turn && other->links.empty() && other != &site);
    });
}

/// There may soon be no place more for sites that have not answered yet.
bool Dispatcher::is_crowded() const { return unproven_ >= (world_.limits.run_connections + 3) / 4; }

/// A host that breaks off again and again, where the site has another one.
void Dispatcher::pass_over(Site& site, const net::SocketAddress& address) {
    const auto name = net::to_string(address);
    const bool has_other = std::ranges::any_of(site.plan.hosts, [&](const PlannedHost& planned) {
        const auto other = net::to_string(planned.host.address);
        return other != name && !site.failed.contains(other) && !hosts_.is_dead(planned.host.address, now());
    });
    if (has_other) site.failed[name] = now();
}

/// Connections that may be had go to those who wait for one, in their order.
void Dispatcher::serve_hungry() {
    for (auto left = hungry_.size(); left > 0 && links_ < world_.limits.run_connections; --left) {
        auto* site = hungry_.front();
        hungry_.pop_front();
        site->is_hungry = false;
        served_ = site;
        pump(*site);
    }
    served_ = nullptr;
}

/// Takes answers, and sends what they make others ask.
void Dispatcher::resolve() {
    while (world_.resolver->outstanding() > 0 && world_.resolver->wait(0ms)) continue;
}

void Dispatcher::turn(std::chrono::milliseconds at_most) {
    resolve();
    std::array<epoll_event, 64> events;
    const auto wait = std::min(at_most, patience());
    const int count = ::epoll_wait(events_.number(), events.data(), events.size(), static_cast<int>(wait.count()));
    world_.claims->touch();
    for (int n = 0; n < count; ++n) {
        auto* link = static_cast<Link*>(events[static_cast<std::size_t>(n)].data.ptr);
        if (link != nullptr && link->connection) hear(*link);
    }
    closed_.clear();
    resolve();
    serve_hungry();
    if (now() - tidied_ > tidy_interval) tidy();
}

/// The connection of a site that has not answered yet that is silent for longest, and can be ended without harm.
Link* Dispatcher::oldest_silence() const {
    Link* oldest = nullptr;
    for (const auto* site : active_) {
        for (const auto& link : site->links) {
            if (link->is_silent() && (oldest == nullptr || link->opened < oldest->opened)) oldest = link.get();
        }
    }
    return oldest;
}

/// Who accepts a connection and says nothing, or no more than EHLO wants, may do so for minutes (RFC 5321 section 4.5.3.2); but not
/// while sites that were not reached yet wait for its place. One at a time: the place may be enough.
void Dispatcher::end_silence() {
    if (!std::exchange(has_unreached_, false)) return;
    auto* oldest = oldest_silence();
    if (oldest == nullptr || now() - oldest->opened < world_.limits.silence) return;
    ::kill(oldest->connection->process(), SIGKILL);
    ::waitpid(oldest->connection->process(), nullptr, 0);
    const auto gone = hear_all(*oldest);  // it may have spoken in this moment
    if (!gone) return;
    if (!oldest->is_silent()) return lost(*oldest, *gone);
    const auto what = fmt::format("{}: not ready for mail within {} s, while others wait", oldest->connection->host().to_string(),
                                  world_.limits.silence.count());
    auto& site = *oldest->site;
    if (auto work = std::exchange(oldest->work, {})) site.queue.push_front(std::move(*work));
    drop(*oldest, HostFailure{HostFailure::Step::connection, {451, "4.4.2", what}});
    // It may try its next host when those have had their turn.
    const auto place = std::ranges::find(active_, &site);
    std::rotate(place, std::next(place), active_.end());
}

/// What has to do with time: pauses that are over, connections that nobody needs, children that have ended.
void Dispatcher::tidy() {
    const auto time = tidied_ = now();
    for (auto* site : std::vector<Site*>{active_}) {
        if (!site->queue.empty()) pump(*site);
        for (auto* link : idle_links(*site)) {
            if (is_closing_ || time - link->idle_since > idle_time) close(*link);
        }
        if (!site->parked.empty()) unpark(*site);
    }
    for (auto left = hungry_.size(); left > 0 && links_ >= world_.limits.run_connections && make_room(*hungry_.front()); --left) continue;
    if (!hungry_.empty() && links_ >= world_.limits.run_connections) has_unreached_ = true;
    end_silence();
    serve_hungry();
    unpark(lobby_, world_.limits.run_messages - std::min(world_.limits.run_messages, held_.size() + retakable_.size()));
    std::erase_if(active_, [](Site* site) {
        site->is_active = site->has_something();
        if (!site->is_active) {
            site->forget_failures();
            site->unfit.clear();
        }
        return !site->is_active;
    });
    closed_.clear();
    reap();
    if (time - swept_ < plan_lifetime) return;
    swept_ = time;
    hosts_.sweep(time);
    if (auto swept = world_.memory->sweep(); !swept) world_.outcomes->trouble(swept.error());
    std::erase_if(domains_, [&](const auto& entry) { return entry.second.waiting.empty() && !entry.second.is_known(time); });
    std::erase_if(sites_, [&](const auto& entry) {
        const auto& site = *entry.second;
        return entry.second.use_count() == 1 && !site.is_active && !site.is_hungry && !site.is_dead(time);
    });
}

void Dispatcher::activate(Site& site) {
    if (!std::exchange(site.is_active, true)) active_.push_back(&site);
}

void Dispatcher::reap() {
    std::erase_if(leaving_, [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
}

bool Dispatcher::is_busy() const {
    return !retakable_.empty() || !active_.empty() || !lobby_.empty() || !leaving_.empty() || world_.resolver->outstanding() > 0;
}

std::chrono::milliseconds Dispatcher::patience() const {
    if (!retakable_.empty()) return 0ms;
    return is_busy() ? tidy_interval : std::chrono::milliseconds{1h};
}

void Dispatcher::close_idle() {
    is_closing_ = true;
    tidy();
    const auto deadline = now() + leave_patience;
    while (links_ == 0 && !leaving_.empty() && now() < deadline) {
        ::poll(nullptr, 0, 1);
        reap();
    }
}

/// What is left of it was not begun.
void Dispatcher::abandon(Held& held) {
    if (held.message.has_unsaved()) world_.conclude(held.message);
    else world_.outcomes->put_back(held.message.name());
    forget(held);
}

/// What waits for a connection goes, and messages of which nothing is under way go back.
void Dispatcher::empty_queues() {
    for (auto& [key, site] : sites_) {
        site->parked.clear();
        for (auto& work : std::exchange(site->queue, {})) --work.held->open;
    }
    std::vector<Held*> idle;
    for (const auto& [held, owned] : held_) {
        if (owned->open == 0) idle.push_back(owned.get());
    }
    for (auto* held : idle) abandon(*held);
}

void Dispatcher::stop() {
    is_stopping_ = true;
    for (auto& [name, domain] : domains_) domain.waiting.clear();
    lobby_.clear();
    parked_.clear();
    retakable_.clear();
    empty_queues();
    for (const auto deadline = now() + stop_patience; !held_.empty() && now() < deadline;) {
        turn(tidy_interval);
        empty_queues();  // of what was to be tried once more
    }
    close_idle();
}

}  // namespace mailpipe::mta

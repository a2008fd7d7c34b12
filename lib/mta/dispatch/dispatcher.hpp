// SPDX-License-Identifier: ISC
// Remote delivery: which message goes to which site, over how many connections, and what becomes of it. One process decides; its
// workers talk to the hosts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "dns/resolver.hpp"
#include "mta/dispatch/dispatch_limits.hpp"
#include "mta/dispatch/site.hpp"
#include "mta/outcome/outcomes.hpp"
#include "mta/remote/host_session.hpp"
#include "mta/remote/site_plan.hpp"
#include "mta/remote/tls_memory.hpp"
#include "queue/claims.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// What it works with; all of it outlives it.
struct DispatchWorld {
    queue::Claims* claims;
    Outcomes* outcomes;
    dns::Resolver* resolver;
    int resolver_file;  ///< readable when resolver->wait(0) has something to do; -1: it needs none
    TlsMemory* memory;
    PlanRules plan;
    HostRules hosts;
    DispatchLimits limits;
    /// A message that is through: all its remote recipients have an outcome for this try.
    std::function<void(queue::Message&)> conclude;
};

class Dispatcher {
public:
    /// Errors: transient, no descriptors.
    static Result<std::unique_ptr<Dispatcher>> open(DispatchWorld world);
    Dispatcher(const Dispatcher&) = delete;
    ~Dispatcher();

    /// Takes the message, to be delivered to those recipients of it. Where there is no room for it, it is put back and parked.
    void add(queue::Message message, std::vector<std::size_t> numbers);

    /// A message (by its id) that waits in cur/ until there is room for it: it is not to be taken before retakable() names it.
    bool is_parked(std::string_view id) const { return parked_.contains(std::string{id}); }
    /// Names in cur/ that are to be taken now; each is told once.
    std::vector<std::string> retakable() { return std::exchange(retakable_, {}); }

    /// Waits for something to happen, `at_most` so long, and does what follows from it.
    void turn(std::chrono::milliseconds at_most);
    /// To be polled: readable when turn() has something to do.
    const Fd& file() const { return events_; }
    /// No longer than this may pass until the next turn().
    std::chrono::milliseconds patience() const;

    /// No message is here, and none waits to be taken again.
    bool is_idle() const { return held_.empty() && parked_.empty(); }
    /// turn() may have something to do: a message, a connection, a question, a process that ends.
    bool is_busy() const;
    /// Nothing more is going to be added: connections that have nothing to do are closed at once, and waited for.
    void close_idle();
    /// The end: nothing is begun any more. Messages go back into cur/, due at once where nothing of them was tried; what is under way is
    /// waited for, up to 30 seconds.
    void stop();

private:
    struct Domain {
        std::optional<Held::Destination> plan{};  ///< for any message
        Moment planned{};
        std::vector<Held*> waiting{};

        bool is_known(Moment now) const;
    };

    explicit Dispatcher(DispatchWorld world, Fd events);
    static Moment now() { return std::chrono::steady_clock::now(); }

    void ask(const std::string& domain, Domain& entry, Held& held);
    void planned(const std::string& domain, SitePlan plan);
    void route(Held& held);
    std::shared_ptr<Site> site_for(SitePlan plan);
    bool park(queue::Message& message, std::deque<std::string>& place);
    void unpark(std::deque<std::string>& place, std::size_t most);
    std::size_t enough(const Site& site) const;
    bool has_enough(const Site& site) const;
    void unpark(Site& site);
    std::size_t share() const;
    void activate(Site& site);
    void abandon(Held& held);
    void empty_queues();

    void pump(Site& site);
    bool may_connect(Site& site);
    void stand_in_line(Site& site);
    void stand_at_the_end(Site& site);
    bool is_crowded() const;
    bool connect(Site& site, int family);
    void give_up(Site& site, int family);
    bool make_room(const Site& site);
    bool feed(Link& link);
    void begin(Link& link, Work work);
    void begin_again(Link& link, Work work);
    void fail(Site& site);
    static void note_tried(Site& site);

    void hear(Link& link);
    std::optional<Error> hear_all(Link& link);
    void heard(Link& link, Connected info);
    void pass_by(Link& link);
    void heard(Link& link, HostFailure failure);
    void drop(Link& link, HostFailure failure);
    static void heard(Link& link, TextBegins);
    void heard(Link& link, Finished result);
    void prove(Link& link);
    void heard(Link& link, Leaving);
    void lost(Link& link, const Error& error);
    static void note_failure(Site& site, const net::SocketAddress& address, smtp::Reply reply);
    void close(Link& link);
    void throttle(Site& site);
    void pass_over(Site& site, const net::SocketAddress& address);
    bool has_to_wait(const Site& site) const;
    bool has_to_yield(const Link& link) const;
    bool is_in_the_way(const Link& link) const;

    void settle(Link& link, Work work, const std::vector<smtp::Reply>& replies);
    std::optional<Work> other_family(const Link& link, const Work& work) const;
    void note_site(Held& held, const Site& site, std::size_t number);
    void note_reply(const Site& site, Held& held, std::size_t number, const smtp::Reply& reply);
    void remember(const Held& held, std::size_t number, const Connected& info) const;
    void defer(Site& site, const Work& work, const smtp::Reply& reply);
    void done(Held& held);
    void forget(Held& held);
    void reap();
    void resolve();
    void serve_hungry();
    Link* oldest_silence() const;
    void end_silence();
    void tidy();

    DispatchWorld world_;
    Fd events_;
    std::unordered_map<const Held*, std::unique_ptr<Held>> held_;
    std::unordered_map<std::string, Domain> domains_;
    std::unordered_map<std::string, std::shared_ptr<Site>> sites_;
    HostTable hosts_;
    std::unordered_set<std::string> parked_;  // ids
    std::deque<std::string> lobby_;           // names in cur/ of messages that came when too many were held
    std::vector<std::string> retakable_;
    std::vector<Site*> active_;  // with something to do, or connections
    std::deque<Site*> hungry_;
    const Site* served_ = nullptr;  // of these: whose turn it is
    std::size_t links_ = 0;
    std::size_t unproven_ = 0;  // of these, to sites that have not answered yet
    std::vector<std::unique_ptr<Link>> closed_;  // kept until the end of a turn: events may still name them
    std::vector<pid_t> leaving_;
    std::uint64_t seed_ = 0;
    bool has_unreached_ = false;  // some site waits for the place of one that has not answered, since the last tidy()
    bool is_closing_ = false;
    bool is_stopping_ = false;  // nothing is begun any more
    Moment tidied_{};
    Moment swept_{};
};

}  // namespace mailpipe::mta

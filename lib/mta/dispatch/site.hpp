// SPDX-License-Identifier: ISC
// A site: the hosts that take the mail of one domain or many, what waits for them, and the connections to them.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mta/remote/connection.hpp"
#include "mta/remote/host_table.hpp"
#include "mta/remote/pace.hpp"
#include "mta/remote/site_plan.hpp"
#include "queue/message.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

struct Site;

/// A claimed message whose remote recipients are being seen to.
struct Held {
    struct Destination {
        std::string domain;
        std::vector<std::size_t> numbers;      ///< of recipients, from 0
        std::shared_ptr<Site> site{};          ///< where its mail goes; null: not known yet, or nowhere
        std::optional<smtp::Reply> refusal{};  ///< why it goes nowhere
        DomainTerms terms{};
    };
    queue::Message message;
    std::vector<Destination> destinations;
    std::size_t unplanned = 0;  ///< domains whose plan is not known yet
    std::size_t open = 0;       ///< pieces of work at sites
    bool is_stuck = false;      ///< its journal can't be written: nobody else gets it now
};

/// One message's recipients at one site.
struct Work {
    Held* held;
    std::vector<std::size_t> numbers;
    std::vector<smtp::Reply> refusals{};  ///< one for each, where the other family of addresses has refused them
    int family = AF_UNSPEC;               ///< of the addresses that it may go to
    bool is_second_family = false;        ///< the other one has refused it by policy
    unsigned lost = 0;                    ///< conversations that broke down before it was told
};

/// A connection, and what it does now.
struct Link {
    enum class State { connecting, idle, busy } state = State::connecting;
    std::unique_ptr<Connection> connection;
    Site* site;
    Connected info{};
    std::optional<Work> work{};  ///< when busy
    Moment opened{};
    Moment idle_since{};
    bool is_first = false;  ///< it is to tell whether the site takes mail at all
    bool text_may_be_out = false;  ///< when busy: whoever ends it does not know whether the host has the message

    /// It waits for a host that has not answered yet, and can be ended without harm.
    bool is_silent() const { return is_first && state != State::idle && !text_may_be_out; }
};

struct Site {
    Site(SitePlan the_plan, std::size_t most_connections) : plan(std::move(the_plan)), pace(most_connections) {}

    SitePlan plan;
    Pace pace;
    std::deque<Work> queue{};
    std::deque<std::string> parked{};  ///< names in cur/ of messages that have to wait there for their turn
    std::vector<std::unique_ptr<Link>> links{};
    // Since the site was last reached:
    bool has_failed = false;              ///< one of its hosts has
    std::map<std::string, Moment> failed{};  ///< the addresses of those, and when: each is tried once, however long that takes
    std::vector<smtp::Reply> failures{};  ///< "host: why" of all of these but the one that last_failure tells
    smtp::Reply last_failure{451, "4.4.1", "no host could be reached"};  ///< the last one, or the last temporary one
    // Since it became active:
    std::set<std::string> unfit{};  ///< the addresses of hosts that lack REQUIRETLS, where it has to be
    Moment dead_until{};
    bool is_hungry = false;  ///< it waits for a connection to be allowed
    bool is_active = false;  ///< has_something(), or had it a moment ago

    bool is_dead(Moment now) const { return now < dead_until; }
    bool has_something() const { return !queue.empty() || !parked.empty() || !links.empty(); }
    std::size_t connecting() const;
    /// Some connection has been opened and not ended.
    bool is_reached() const;
    void forget_failures();
};

enum class NoHost {
    all_dead,  ///< none is worth a try now
    all_busy,  ///< one that is has as many connections as it may have
};

/// Those that wait for work, the one that has waited longest first.
std::vector<Link*> idle_links(const Site& site);

/// The part of it that is beyond so many recipients; it keeps the others.
Work split(Work& work, std::size_t most);

/// The host that the next connection goes to: of the lowest preference that is alive the one with the fewest connections.
tl::expected<const PlannedHost*, NoHost> choose_host(const Site& site, const HostTable& hosts, int family, Moment now);

/// The site's word that it gets too much; greylisting is none.
bool is_throttling(const smtp::Reply& reply);
/// The transaction has as many recipients as the host takes in one: the others are for the next (RFC 5321 section 4.5.3.1.10).
bool is_one_recipient_too_many(const smtp::Reply& reply);
/// A refusal for good that speaks of policy: the address that we come from may be what is not liked.
bool is_policy_refusal(const smtp::Reply& reply);

}  // namespace mailpipe::mta

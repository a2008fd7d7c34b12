// SPDX-License-Identifier: ISC
// What the next try of a message would do, for people and for programs: sendq --plan. The JSON is described in sendq(8).
#pragma once

#include <string>
#include <vector>

#include "dns/resolver.hpp"
#include "mta/directory.hpp"
#include "mta/dispatch/tls_wish.hpp"
#include "mta/remote/site_plan.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

constexpr int plan_json_version = 1;

/// Somebody who has not got the message yet.
struct PlannedRecipient {
    mail::Mailbox mailbox;
    std::string alias{};  ///< the recipient who has become this one; empty: it is in the envelope
};

struct MessagePlan {
    struct Local {
        PlannedRecipient recipient;
        std::string user;  ///< as in users(5)
    };
    struct Remote {
        SitePlan site;
        std::vector<PlannedRecipient> recipients;
    };
    struct Refused {
        PlannedRecipient recipient;
        smtp::Reply reply;
    };
    std::vector<Local> local;
    std::vector<Remote> remote;  ///< domains with the same hosts together
    std::vector<Refused> refused;

    /// Of one domain; where TLS is required its hosts have to be sure ones (RFC 8689 section 4.2.1).
    void add(SitePlan site, std::vector<PlannedRecipient> recipients, TlsWish wish);
};

/// Looks it all up, by plan_delivery() and plan_site(), and waits for the DNS. Nothing is saved: `message` alone knows of members of
/// aliases, and who is refused, afterwards.
MessagePlan plan_message(queue::Message& message, Directory& directory, const PlanRules& rules, dns::Resolver& resolver);

/// Lines "name: value", those of a site further to the right.
std::string plan_text(queue::State state, const queue::Message& message, const MessagePlan& plan);
/// One object on one line.
std::string plan_json(queue::State state, const queue::Message& message, const MessagePlan& plan);

}  // namespace mailpipe::mta

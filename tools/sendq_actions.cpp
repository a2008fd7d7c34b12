// SPDX-License-Identifier: ISC
#include "sendq_actions.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "mta/aliases.hpp"
#include "mta/operator/queue_admin.hpp"
#include "mta/spool_owner.hpp"

namespace mailpipe::tools {

namespace {

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

/// Who writes reports, and for whom.
Result<mta::NoticeRules> notice_rules(const Site& site, const queue::Schedule& schedule) {
    const mta::Aliases none;
    const auto addressing = mta::Addressing::create(addressing_rules(site), none, [](std::string_view) { return false; });
    if (!addressing) return failure(addressing.error());
    return mta::NoticeRules{site.hostname, addressing->postmaster(), schedule};
}

}  // namespace

bool QueueActions::is_change() const { return std::ranges::count(changes, true) > 0; }

void declare_queue_actions(cli::Command& command, QueueActions& a) {
    command.flag("--list", a.list, "print one line for each message");
    command.flag("--by-site", a.by_site, "with --list: one line for each site and reason instead");
    command.flag("--show", a.show, "print envelope, outcomes and header of the messages");
    command.flag("--why", a.why, "print every try of the messages, what the replies mean, and what to do");
    command.flag("--plan", a.plan, "print what the next try of the messages would do");
    command.flag("--json", a.json, "print JSON, with every action");
    command.flag("--hold", a.changes[0], "keep the messages until they are released");
    command.flag("--release", a.changes[1], "put held messages back, to be tried at once");
    command.flag("--retry", a.changes[2], "try waiting messages at once");
    command.flag("--bounce", a.changes[3], "give the messages up: their senders get a report");
    command.flag("--delete", a.changes[4], "throw the messages away; nobody is told");
    command.option("--sender", a.sender, "ADDRESS", "messages of that sender, of @DOMAIN, or of <>");
    command.option("--recipient", a.recipient, "ADDRESS", "messages that wait for that recipient, or for @DOMAIN");
    command.option("--site", a.site, "NAME", "messages that wait for that site or domain");
    command.flag("--all", a.all, "in place of IDs: every message that is in a state for it");
    command.arguments("id", a.ids, "messages, by their ids or how these begin");
}

Result<void> check(const QueueActions& a, bool watch) {
    const auto actions = std::ranges::count(a.changes, true) + a.list + a.show + a.why + a.plan + watch;
    if (actions > 1) {
        return failure(usage("one of --watch, --list, --show, --why, --plan, --hold, --release, --retry, --bounce, --delete at a time"));
    }
    const bool selects = a.sender || a.recipient || a.site;
    const bool names = !a.ids.empty() || selects;
    if (a.is_change() && names == a.all) return failure(usage("name messages, or --all"));
    const bool tells = a.show || a.why || a.plan;
    if (tells && !names) return failure(usage("name messages"));
    if (!a.is_change() && a.all) return failure(usage("--all goes with --hold, --release, --retry, --bounce, --delete"));
    if (!a.is_change() && !tells && !a.ids.empty()) return failure(usage("what about these messages?"));
    if (!a.any() && selects) return failure(usage("--sender, --recipient and --site go with an action"));
    if (std::ranges::count(a.ids, "") > 0) return failure(usage("an id is empty"));
    if (a.by_site && !a.list) return failure(usage("--by-site goes with --list"));
    if (a.json && !a.any()) return failure(usage("--json goes with an action"));
    return {};
}

Result<mta::Request> request_of(const QueueActions& a) {
    auto selection = mta::parse_selection(a.sender, a.recipient, a.site);
    if (!selection) return failure(selection.error());
    return mta::Request{a.ids, std::move(*selection), a.json ? mta::Format::json : mta::Format::text};
}

Result<void> run(const QueueActions& a, const Site& site, const queue::Schedule& schedule) {
    const auto request = request_of(a);
    if (!request) return failure(request.error());
    const auto rules = notice_rules(site, schedule);
    if (!rules) return failure(rules.error());
    const auto owner = mta::spool_owner(site.spool);
    if (!owner) return failure(owner.error());
    if (auto became = mta::become(*owner); !became) return became;
    open_site_log(site, "sendq");
    const auto spool = queue::Spool::open(site.spool);
    if (!spool) return failure(spool.error());

    const auto& clock = system_clock();
    if (a.list && a.by_site) return mta::print_by_site(*spool, *request, clock.now());
    if (a.list) return mta::print_list(*spool, *request, clock.now());
    if (a.show) return mta::print_messages(*spool, mta::Account::show, *request, clock.now());
    if (a.why) return mta::print_messages(*spool, mta::Account::why, *request, clock.now());
    const auto change = static_cast<mta::Change>(std::ranges::find(a.changes, true) - a.changes.begin());
    return mta::change(*spool, change, *request, *rules, clock);
}

}  // namespace mailpipe::tools

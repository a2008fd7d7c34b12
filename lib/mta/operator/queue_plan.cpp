// SPDX-License-Identifier: ISC
#include "mta/operator/queue_plan.hpp"

#include <cstdio>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "mta/operator/plan_report.hpp"
#include "mta/spool_owner.hpp"
#include "net/own_addresses.hpp"

namespace mailpipe::mta {

namespace {

Result<void> print_plan(const queue::Listed& listed, const Directory& directory, const PlanRules& rules, dns::Resolver& resolver,
                        Format format) {
    auto message = queue::Message::open(*listed.directory, listed.file_name, queue::Message::Access::look);
    if (!message) return failure(message.error());
    const auto plan = plan_message(*message, directory.addressing(), rules, resolver);
    const auto text = format == Format::json ? plan_json(listed.state, *message, plan) : plan_text(listed.state, *message, plan);
    std::printf("%s\n", text.c_str());
    return {};
}

}  // namespace

Result<void> print_plans(const QueueRules& rules, const std::vector<std::string>& ids, Format format) {
    const auto directory = Directory::open({rules.users, rules.aliases, rules.addressing});
    if (!directory) return failure(directory.error());
    const auto routes = Routes::parse(rules.remote.routes);
    if (!routes) return failure(routes.error());
    const auto servers = dns::parse_servers(rules.remote.resolver);
    if (!servers) return failure(servers.error());
    const auto owner = spool_owner(rules.spool);
    if (!owner) return failure(owner.error());
    if (auto became = become(*owner); !became) return became;
    const auto spool = queue::Spool::open(rules.spool);
    if (!spool) return failure(spool.error());
    const auto resolver = dns::CaresResolver::open({.servers = *servers});
    if (!resolver) return failure(resolver.error());
    const auto messages = queue::list(*spool);
    if (!messages) return failure(messages.error());

    const TlsMemory memory{*spool, system_clock()};
    const PlanRules plan_rules{&*routes, &memory, {{lower(rules.hostname)}, net::own_addresses(), /*has_loopback=*/rules.remote.port == 25}, rules.remote.port};
    Result<void> last{};
    for (const auto& id : ids) {
        const auto listed = queue::find(*messages, id);
        auto done = listed ? print_plan(*listed, *directory, plan_rules, **resolver, format) : failure(listed.error());
        if (done) continue;
        if (!last) std::fprintf(stderr, "sendq: %s\n", last.error().what.c_str());
        last = std::move(done);
    }
    return last;
}

}  // namespace mailpipe::mta

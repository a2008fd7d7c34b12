// SPDX-License-Identifier: ISC
// sendq - deliver what is in the queue, and look after it. Manual: sendq(8).
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "cli/command.hpp"
#include "mta/outbound/queue_admin.hpp"
#include "mta/outbound/queue_plan.hpp"
#include "mta/outbound/queue_service.hpp"
#include "mta/spool_owner.hpp"
#include "site.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    bool watch = false, list = false, show = false, plan = false, json = false, all = false;
    std::array<bool, 4> changes{};  // in the order of mta::Change
    std::string local_delivery = "deliver";
    queue::Schedule schedule;
    std::chrono::seconds delay_notice{0};
    mta::DispatchLimits limits;
    std::vector<std::string> ids;
};

void declare(cli::Command& command, Options& o) {
    tools::declare_hostname(command, o.site);
    tools::declare_domains(command, o.site);
    tools::declare_mailboxes(command, o.site);
    tools::declare_aliases(command, o.site);
    tools::declare_spool(command, o.site);
    tools::declare_resolver(command, o.site);
    tools::declare_routes(command, o.site);
    tools::declare_log(command, o.site);
    command.flag("--watch", o.watch, "go on: deliver what comes and what falls due");
    command.flag("--list", o.list, "print one line for each message");
    command.flag("--show", o.show, "print envelope, outcomes and header of the messages");
    command.flag("--plan", o.plan, "print what the next try of the messages would do");
    command.flag("--json", o.json, "print JSON with --list, --show and --plan");
    command.flag("--hold", o.changes[0], "keep the messages until they are released");
    command.flag("--release", o.changes[1], "put held messages back, to be tried at once");
    command.flag("--retry", o.changes[2], "try waiting messages at once");
    command.flag("--delete", o.changes[3], "throw the messages away; nobody is told");
    command.flag("--all", o.all, "in place of IDs: every message that is in a state for it");
    command.option("--local-delivery", o.local_delivery, "WHERE", "a deliver program, lmtp:unix:PATH or lmtp:ADDR:PORT");
    command.option("--retry-first", o.schedule.first, "TIME", "the shortest wait between two tries");
    command.option("--retry-most", o.schedule.most, "TIME", "the longest wait between two tries");
    command.option("--delay-notice", o.delay_notice, "TIME", "when senders are told that a message waits; 0: only if asked");
    command.option("--site-connections", o.limits.site_connections, "NUMBER", "at most so many to the hosts of one site");
    command.option("--host-connections", o.limits.host_connections, "NUMBER", "at most so many to one address");
    command.option("--run-connections", o.limits.run_connections, "NUMBER", "at most so many in all");
    command.option("--queue-lifetime", o.schedule.lifetime, "TIME", "when an undelivered message goes back to its sender");
    command.arguments("id", o.ids, "messages, by their ids or how these begin");
}

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

Result<void> check(const Options& o) {
    const auto actions = std::ranges::count(o.changes, true) + o.list + o.show + o.plan + o.watch;
    if (actions > 1) return failure(usage("one of --watch, --list, --show, --plan, --hold, --release, --retry, --delete at a time"));
    const bool changes = std::ranges::count(o.changes, true) > 0;
    if (changes && o.ids.empty() != o.all) return failure(usage("name messages, or --all"));
    if (!changes && o.all) return failure(usage("--all goes with --hold, --release, --retry, --delete"));
    const bool tells = o.show || o.plan;
    if (!changes && tells == o.ids.empty()) return failure(usage(tells ? "name messages" : "what about these messages?"));
    if (std::ranges::count(o.ids, "") > 0) return failure(usage("an id is empty"));
    if (o.json && !o.list && !tells) return failure(usage("--json goes with --list, --show and --plan"));
    for (const auto most : {o.limits.site_connections, o.limits.host_connections, o.limits.run_connections}) {
        if (most < 1 || most > 1000) return failure(usage("so many connections: 1 to 1000"));
    }
    return tools::check_routes(o.site);
}

/// What deliver has to know, as we do: its command line wins over a configuration.
std::vector<std::string> deliver_arguments(const tools::Site& site, const std::string& configuration) {
    std::vector<std::string> arguments{"--lmtp"};
    const auto add = [&](std::string_view name, const std::string& value) {
        arguments.push_back(fmt::format("--{}={}", name, value));
    };
    if (!configuration.empty()) add("config", configuration);
    add("hostname", site.hostname);
    add("domains", fmt::format("{}", fmt::join(site.domains, ",")));
    add("virtual-domains", fmt::format("{}", fmt::join(site.virtual_domains, ",")));
    add("tag-separator", site.tag_separator);
    add("users", fmt::format("{}", fmt::join(site.users, ",")));
    add("maildir", site.maildir);
    add("quota", site.quota);
    add("log", site.log == 0 ? "auto" : site.log == 1 ? "stderr" : "syslog");
    return arguments;
}

mta::QueueRules queue_rules(const Options& o, const std::string& configuration) {
    const auto& s = o.site;
    return {s.hostname, tools::addressing_rules(s), s.users, s.aliases, s.spool, o.local_delivery, deliver_arguments(s, configuration),
            o.schedule, o.delay_notice,
            {.routes = s.routes, .resolver = s.resolver, .port = static_cast<std::uint16_t>(s.remote_port), .limits = o.limits}};
}

Result<void> administer(const Options& o) {
    const auto owner = mta::spool_owner(o.site.spool);
    if (!owner) return failure(owner.error());
    if (auto became = mta::become(*owner); !became) return became;
    tools::open_site_log(o.site, "sendq");
    const auto spool = queue::Spool::open(o.site.spool);
    if (!spool) return failure(spool.error());
    const auto now = system_clock().now();
    const auto format = o.json ? mta::Format::json : mta::Format::text;
    if (o.list) return mta::print_list(*spool, format, now);
    if (o.show) return mta::print_messages(*spool, o.ids, format, now);
    const auto change = static_cast<mta::Change>(std::ranges::find(o.changes, true) - o.changes.begin());
    return o.all ? mta::change_all(*spool, change, now) : mta::change(*spool, change, o.ids, now);
}

Result<void> run(const Options& o, const std::string& configuration) {
    if (auto r = check(o); !r) return r;
    if (o.list || o.show || std::ranges::count(o.changes, true) > 0) return administer(o);
    tools::open_site_log(o.site, "sendq");
    const auto rules = queue_rules(o, configuration);
    if (o.plan) return mta::print_plans(rules, o.ids, o.json ? mta::Format::json : mta::Format::text);
    const auto service = mta::QueueService::open(rules);
    if (!service) return failure(service.error());
    return o.watch ? (*service)->watch() : (*service)->once();
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"sendq", "deliver what is in the queue, and look after it"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options, command.configuration()); });
}

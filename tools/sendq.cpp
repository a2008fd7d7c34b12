// SPDX-License-Identifier: ISC
// sendq - deliver what is in the queue, and look after it. Manual: sendq(8).
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "mta/operator/queue_plan.hpp"
#include "mta/outbound/queue_service.hpp"
#include "sendq_actions.hpp"
#include "site.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    tools::QueueActions actions;
    bool watch = false;
    std::string local_delivery = "deliver";
    queue::Schedule schedule;
    std::chrono::seconds delay_notice{0};
    mta::DispatchLimits limits;
    std::string metrics;
};

void declare(cli::Command& command, Options& o) {
    tools::declare_hostname(command, o.site);
    tools::declare_domains(command, o.site);
    tools::declare_mailboxes(command, o.site);
    tools::declare_aliases(command, o.site);
    tools::declare_spool(command, o.site);
    tools::declare_resolver(command, o.site);
    tools::declare_routes(command, o.site);
    tools::declare_tls_trust(command, o.site);
    tools::declare_log(command, o.site);
    command.flag("--watch", o.watch, "go on: deliver what comes and what falls due");
    tools::declare_queue_actions(command, o.actions);
    command.option("--local-delivery", o.local_delivery, "WHERE", "a deliver program, lmtp:unix:PATH or lmtp:ADDR:PORT");
    command.option("--retry-first", o.schedule.first, "TIME", "the shortest wait between two tries");
    command.option("--retry-most", o.schedule.most, "TIME", "the longest wait between two tries");
    command.option("--delay-notice", o.delay_notice, "TIME", "when senders are told that a message waits; 0: only if asked");
    command.option("--site-connections", o.limits.site_connections, "NUMBER", "at most so many to the hosts of one site");
    command.option("--host-connections", o.limits.host_connections, "NUMBER", "at most so many to one address");
    command.option("--run-connections", o.limits.run_connections, "NUMBER", "at most so many in all");
    command.option("--queue-lifetime", o.schedule.lifetime, "TIME", "when an undelivered message goes back to its sender");
    command.option("--metrics", o.metrics, "FILE", "where to write metrics for Prometheus; empty: nowhere");
}

Result<void> check(const Options& o) {
    for (const auto most : {o.limits.site_connections, o.limits.host_connections, o.limits.run_connections}) {
        if (most >= 1 && most <= 1000) continue;
        return failure({Fault::permanent, "so many connections: 1 to 1000", ExitStatus::usage});
    }
    if (auto r = tools::check(o.actions, o.watch); !r) return r;
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
            o.schedule, o.delay_notice, o.metrics,
            {.routes = s.routes,
             .resolver = s.resolver,
             .tls_trust = s.tls_trust,
             .port = static_cast<std::uint16_t>(s.remote_port),
             .limits = o.limits}};
}

Result<void> run(const Options& o, const std::string& configuration) {
    if (auto r = check(o); !r) return r;
    if (o.actions.any() && !o.actions.plan) return tools::run(o.actions, o.site, o.schedule);
    tools::open_site_log(o.site, "sendq");
    const auto rules = queue_rules(o, configuration);
    if (o.actions.plan) {
        const auto request = tools::request_of(o.actions);
        return request ? mta::print_plans(rules, *request) : failure(request.error());
    }
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

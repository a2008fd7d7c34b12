// SPDX-License-Identifier: ISC
// smtpd - receive mail by SMTP and put it into the spool. Manual: smtpd(8).
#include <algorithm>

#include "cli/command.hpp"
#include "mta/inbound/reception.hpp"
#include "server.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    tools::Server server;
    bool submission = false;
    bool auth_without_tls = false;
    std::size_t bare_newlines = 0;
    mta::InboundPolicy policy;
    smtp::Limits limits;
    std::uint64_t max_recipients = limits.recipients;
};

void declare_site(cli::Command& command, tools::Site& site) {
    tools::declare_hostname(command, site);
    tools::declare_domains(command, site);
    tools::declare_mailboxes(command, site);
    tools::declare_aliases(command, site);
    tools::declare_networks(command, site);
    tools::declare_spool(command, site);
    tools::declare_tls(command, site);
    tools::declare_log(command, site);
}

void declare(cli::Command& command, Options& o) {
    declare_site(command, o.site);
    tools::declare_server(command, o.server);
    command.flag("--submission", o.submission, "login first, own addresses only, missing fields are added");
    command.flag("--auth-without-tls", o.auth_without_tls, "offer AUTH without TLS, not only on the loopback");
    command.choice("--bare-newlines", o.bare_newlines, {"refuse", "normalise"}, "a CR or LF alone in a message");
    command.option("--filter", o.policy.filter, "COMMAND", "shell command that a message passes before the spool");
    command.timeout("--filter-timeout", o.policy.filter_timeout, "how long the filter may take");
    command.option("--max-size", o.limits.message_octets, "OCTETS", "the largest message");
    command.option("--min-free", o.policy.min_free_octets, "OCTETS", "room that the spool's disk keeps; 0: none");
    command.option("--max-recipients", o.max_recipients, "N", "recipients of a message");
    command.option("--max-errors", o.limits.errors, "N", "errors before a session is closed");
    command.option("--max-received", o.policy.max_received, "N", "Received fields before a message counts as looping");
    command.timeout("--timeout", o.limits.timeout, "how long a client may be silent");
    command.option("--sessions-per-process", o.server.sessions_per_process, "N", "one after another; those with TLS or AUTH: one");
}

smtp::Settings session_settings(const Options& o) {
    smtp::Settings settings;
    settings.hostname = o.site.hostname;
    settings.auth = o.auth_without_tls ? smtp::AuthPolicy::anywhere : smtp::AuthPolicy::protected_only;
    settings.login_required = o.submission;
    settings.bare_newline = o.bare_newlines == 0 ? smtp::BareNewline::refuse : smtp::BareNewline::normalise;
    settings.limits = o.limits;
    settings.limits.recipients = o.max_recipients;
    settings.limits.commands += static_cast<unsigned>(std::min<std::uint64_t>(o.max_recipients, UINT32_MAX / 2));
    return settings;
}

Result<mta::ReceptionRules> rules(Options& o) {
    auto networks = net::parse_networks(o.site.networks);
    if (!networks) return failure(networks.error());
    if (o.server.sessions_per_process == 0) {
        return failure({Fault::permanent, "--sessions-per-process is at least 1", ExitStatus::usage});
    }
    o.policy.hostname = o.site.hostname;
    o.policy.submission = o.submission;
    o.policy.max_octets = o.limits.message_octets;
    return mta::ReceptionRules{o.policy,
                               session_settings(o),
                               tools::addressing_rules(o.site),
                               std::move(*networks),
                               o.site.spool,
                               o.site.users,
                               o.site.aliases,
                               o.site.maildir,
                               o.site.quota,
                               {}};
}

Result<void> run(Options& o) {
    tools::open_site_log(o.site, "smtpd");
    auto checked = rules(o);
    if (!checked) return failure(checked.error());
    if (auto r = tools::find_sources(o.server); !r) return r;
    checked->tls = tools::tls_identity(o.site, o.server);
    const auto reception = mta::Reception::open(std::move(*checked));
    if (!reception) return failure(reception.error());
    const std::string refusal = "421 4.3.2 too many connections, try again later\r\n";
    return tools::serve(o.server, refusal, [&] { return (*reception)->reload(); },
                        [&](const auto& peer) { return (*reception)->talk(peer); });
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    options.server.sessions_per_process = 100;
    cli::Command command{"smtpd", "receive mail by SMTP and put it into the spool"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}

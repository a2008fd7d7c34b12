// SPDX-License-Identifier: ISC
// smtpd - receive mail by SMTP and put it into the spool. Manual: smtpd(8).
#include "cli/command.hpp"
#include "mta/reception.hpp"
#include "net/server.hpp"
#include "site.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    std::vector<std::string> listen;
    std::vector<std::string> proxies;
    bool submission = false;
    bool tls = false;
    bool auth_without_tls = false;
    std::size_t bare_newlines = 0;
    mta::InboundPolicy policy;
    smtp::Limits limits;
    std::uint64_t max_errors = limits.errors;
    std::uint64_t max_recipients = limits.recipients;
    std::uint64_t max_children = 500;
    std::uint64_t max_per_client = 50;
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
    command.option("--listen", o.listen, "ADDRESS", "ADDR:PORT or unix:PATH to listen on; may be repeated");
    command.flag("--submission", o.submission, "login first, own addresses only, missing fields are added");
    command.flag("--tls", o.tls, "TLS from the first octet");
    command.flag("--auth-without-tls", o.auth_without_tls, "offer AUTH without TLS, not only on the loopback");
    command.choice("--bare-newlines", o.bare_newlines, {"refuse", "normalise"}, "a CR or LF alone in a message");
    command.option("--filter", o.policy.filter, "COMMAND", "shell command that a message passes before the spool");
    command.option("--filter-timeout", o.policy.filter_timeout, "TIME", "how long the filter may take");
    command.option("--max-size", o.limits.message_octets, "OCTETS", "the largest message");
    command.option("--max-recipients", o.max_recipients, "N", "recipients of a message");
    command.option("--max-errors", o.max_errors, "N", "errors before a session is closed");
    command.option("--max-received", o.policy.max_received, "N", "Received fields before a message counts as looping");
    command.option("--timeout", o.limits.timeout, "TIME", "how long a client may be silent");
    command.option("--max-children", o.max_children, "N", "connections at a time");
    command.option("--max-per-client", o.max_per_client, "N", "connections at a time from one address");
    command.option("--proxy-from", o.proxies, "CIDR,...", "proxies, which begin with a PROXY v2 header");
}

smtp::Settings session_settings(const Options& o) {
    smtp::Settings settings;
    settings.hostname = o.site.hostname;
    settings.auth = o.auth_without_tls ? smtp::AuthPolicy::anywhere : smtp::AuthPolicy::protected_only;
    settings.login_required = o.submission;
    settings.bare_newline = o.bare_newlines == 0 ? smtp::BareNewline::refuse : smtp::BareNewline::normalise;
    settings.limits = o.limits;
    settings.limits.errors = static_cast<unsigned>(o.max_errors);
    settings.limits.recipients = o.max_recipients;
    return settings;
}

Result<mta::ReceptionRules> rules(Options& o) {
    auto networks = net::parse_networks(o.site.networks);
    if (!networks) return failure(networks.error());
    if (o.tls && o.site.tls_cert.empty()) {
        return failure({Fault::permanent, "--tls needs a certificate (tls-cert)", ExitStatus::configuration});
    }
    o.policy.hostname = o.site.hostname;
    o.policy.submission = o.submission;
    return mta::ReceptionRules{o.policy,
                               session_settings(o),
                               {o.site.domains, o.site.virtual_domains, o.site.tag_separator, o.site.postmaster},
                               std::move(*networks),
                               o.site.spool,
                               o.site.users,
                               o.site.aliases,
                               o.site.maildir,
                               o.site.quota,
                               o.site.tls_cert,
                               o.site.tls_key,
                               o.tls};
}

Result<void> run(Options& o) {
    tools::open_site_log(o.site, "smtpd");
    auto checked = rules(o);
    if (!checked) return failure(checked.error());
    auto proxies = net::parse_networks(o.proxies);
    if (!proxies) return failure(proxies.error());
    auto sources = net::find_sources(o.listen);
    if (!sources) return failure(sources.error());
    checked->one_session = sources->connection.has_value();
    const auto reception = mta::Reception::open(std::move(*checked));
    if (!reception) return failure(reception.error());

    net::ServerOptions server;
    server.limits = {o.max_children, o.max_per_client};
    server.refusal = "421 4.3.2 too many connections, try again later\r\n";
    server.proxies = std::move(*proxies);
    server.reload = [&] { return (*reception)->reload(); };
    return net::serve(std::move(*sources), server, [&](const auto& peer) { return (*reception)->talk(peer); });
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"smtpd", "receive mail by SMTP and put it into the spool"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}

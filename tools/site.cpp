// SPDX-License-Identifier: ISC
#include "site.hpp"

#include "base/log.hpp"
#include "hostname.hpp"

namespace mailpipe::tools {

void declare_hostname(cli::Command& command, Site& site) { declare_hostname(command, site.hostname); }

void declare_local_domains(cli::Command& command, Site& site) {
    command.option("--domains", site.domains, "DOMAIN,...", "local domains, whose users and aliases are bare names");
}

void declare_domains(cli::Command& command, Site& site) {
    declare_local_domains(command, site);
    command.option("--virtual-domains", site.virtual_domains, "DOMAIN,...",
                   "local domains, whose users and aliases are full addresses");
    command.option("--tag-separator", site.tag_separator, "CHARACTERS", "what parts a user from a tag; empty: no tags");
    command.option("--postmaster", site.postmaster, "USER", "who gets mail for postmaster where no alias says so");
}

void declare_spool(cli::Command& command, Site& site) {
    command.option("--spool", site.spool, "DIR", "the queue: spool(5)");
}

void declare_submission_socket(cli::Command& command, Site& site) {
    command.option("--submission-socket", site.submission_socket, "PATH", "where smtpd listens for programs of this host; none when empty");
}

void declare_users(cli::Command& command, Site& site) {
    command.option("--users", site.users, "SOURCE,...", "who has a mailbox: users(5)");
    command.option("--maildir", site.maildir, "TEMPLATE", "where mailboxes are: %u user, %n name, %d domain, %h home");
}

void declare_mailboxes(cli::Command& command, Site& site) {
    declare_users(command, site);
    command.option("--quota", site.quota, "LIMIT", "what a mailbox may hold, as 100M or 100M,5000C; none when empty");
}

void declare_aliases(cli::Command& command, Site& site) {
    command.option("--aliases", site.aliases, "FILE", "other names for recipients: aliases(5)");
}

void declare_tls(cli::Command& command, Site& site) {
    command.option("--tls-cert", site.tls_cert, "FILE", "certificate chain in PEM; without it there is no TLS");
    command.option("--tls-key", site.tls_key, "FILE", "private key in PEM; default: the file of tls-cert");
}

void declare_tls_trust(cli::Command& command, Site& site) {
    command.option("--tls-trust", site.tls_trust, "PATH",
                   "CA certificates in PEM that other hosts are held against: a file or a directory");
}

void declare_networks(cli::Command& command, Site& site) {
    command.option("--networks", site.networks, "CIDR,...", "clients that may relay without logging in");
}

void declare_resolver(cli::Command& command, Site& site) {
    command.option("--resolver", site.resolver, "ADDR:PORT,...", "DNS servers in place of resolv.conf's");
}

void declare_routes(cli::Command& command, Site& site) {
    command.repeated("--route", site.routes, "ROUTE", "another way for a domain's mail: mailpipe.conf(5)");
    command.option("--remote-port", site.remote_port, "PORT", "where MX hosts listen, for tests and unusual nets");
}

void declare_log(cli::Command& command, Site& site) {
    command.choice("--log", site.log, {"auto", "stderr", "syslog"}, "where log lines go");
}

mta::AddressingRules addressing_rules(const Site& site) {
    const bool named = !site.domains.empty() || !site.virtual_domains.empty();
    return {named ? site.domains : std::vector{site.hostname}, site.virtual_domains, site.tag_separator, site.postmaster};
}

Result<void> check_routes(const Site& site) {
    if (site.remote_port >= 1 && site.remote_port <= 65535) return {};
    return failure({Fault::permanent, "--remote-port is 1 to 65535", ExitStatus::usage});
}

void open_site_log(const Site& site, const std::string& tool) {
    constexpr LogTarget targets[] = {LogTarget::standard_error, LogTarget::standard_error, LogTarget::syslog};
    open_log(tool, site.log == 0 ? automatic_log_target() : targets[site.log]);
}

}  // namespace mailpipe::tools

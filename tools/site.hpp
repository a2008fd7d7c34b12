// SPDX-License-Identifier: ISC
// The keys of mailpipe.conf(5) that belong to the whole site, declared once for the tools that use them.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "mta/addressing.hpp"

namespace mailpipe::tools {

struct Site {
    std::string hostname;  ///< never empty after declare_hostname(): the host's own name is the default
    std::vector<std::string> domains;
    std::vector<std::string> virtual_domains;
    std::string tag_separator = "+";
    std::string postmaster = "postmaster";
    std::string spool = "/var/spool/mailpipe";
    std::string submission_socket = "/run/mailpipe/smtpd.sock";
    std::vector<std::string> users{"/etc/mailpipe/users"};
    std::string maildir = "%h/Maildir";
    std::string quota;
    std::string aliases = mta::Aliases::default_path;
    std::string tls_cert;
    std::string tls_key;
    std::string tls_trust = "/etc/ssl/certs";
    std::vector<std::string> networks;
    std::vector<std::string> resolver;  ///< none: those of resolv.conf(5)
    std::vector<std::string> routes;
    unsigned remote_port = 25;  ///< 1 to 65535, when check_routes() has been asked
    std::size_t log = 0;  ///< index into "auto", "stderr", "syslog"
};

void declare_hostname(cli::Command& command, Site& site);
void declare_domains(cli::Command& command, Site& site);  // what follows, virtual-domains, tag-separator, postmaster
void declare_local_domains(cli::Command& command, Site& site);  // domains
void declare_spool(cli::Command& command, Site& site);
void declare_submission_socket(cli::Command& command, Site& site);
void declare_mailboxes(cli::Command& command, Site& site);  // what follows, and quota
void declare_users(cli::Command& command, Site& site);      // users, maildir
void declare_aliases(cli::Command& command, Site& site);
void declare_tls(cli::Command& command, Site& site);  // tls-cert, tls-key
void declare_tls_trust(cli::Command& command, Site& site);
void declare_networks(cli::Command& command, Site& site);
void declare_resolver(cli::Command& command, Site& site);
void declare_routes(cli::Command& command, Site& site);  // route, remote-port
void declare_log(cli::Command& command, Site& site);

/// What `site` says of addresses. Where it names no domain at all, the host's own name is the one.
mta::AddressingRules addressing_rules(const Site& site);

/// Of what declare_routes() has declared. Errors: 64.
Result<void> check_routes(const Site& site);

/// Opens the log as `log` says; auto is syslog where fd 2 is the peer's socket (inetd), else stderr.
void open_site_log(const Site& site, const std::string& tool);

}  // namespace mailpipe::tools

// SPDX-License-Identifier: ISC
#include "server.hpp"

#include <unistd.h>

#include "base/privileges.hpp"

namespace mailpipe::tools {

using namespace std::chrono_literals;

void declare_server(cli::Command& command, Server& server) {
    command.option("--listen", server.listen, "ADDRESS", "ADDR:PORT or unix:PATH to listen on; may be repeated");
    command.flag("--tls", server.tls, "TLS from the first octet");
    command.option("--max-children", server.max_children, "N", "connections at a time");
    command.option("--max-per-client", server.max_per_client, "N", "connections at a time from one address");
    command.option("--proxy-from", server.proxies, "CIDR,...", "proxies, which begin with a PROXY v2 header");
}

Result<void> find_sources(Server& server) {
    auto sources = net::find_sources(server.listen);
    if (!sources) return failure(sources.error());
    server.sources = std::move(*sources);
    return {};
}

Result<void> serve(Server& server, const std::string& refusal, std::function<Result<void>()> reload,
                   const net::Session& session) {
    auto proxies = net::parse_networks(server.proxies);
    if (!proxies) return failure(proxies.error());
    net::ServerOptions options;
    options.limits = {server.max_children, server.max_per_client};
    if (!server.tls) options.refusal = refusal;  // who expects a handshake reads no text
    options.proxies = std::move(*proxies);
    options.sessions_per_process = server.sessions_per_process;
    options.reload = std::move(reload);
    return net::serve(std::move(server.sources), options, session);
}

tls::Identity tls_identity(const Site& site, const Server& server) {
    return {site.tls_cert, site.tls_key, server.tls, server.sources.connection.has_value()};
}

std::string main_domain(const Site& site) { return site.domains.empty() ? site.hostname : site.domains.front(); }

Result<store::Quota> quota_of(const Site& site, const sasl::User& user) {
    if (user.max_octets > 0 || user.max_messages > 0) return store::Quota{user.max_octets, user.max_messages};
    return store::parse_quota(site.quota);
}

Result<std::string> enter_mailbox(const Site& site, const sasl::User& user) {
    if (user.uid) {
        if (auto r = drop_privileges(*user.uid, user.gid); !r) return failure(r.error());
    } else if (::geteuid() == 0) {
        return failure({Fault::transient, user.name + " has no uid in users(5)", ExitStatus::configuration});
    }
    return sasl::maildir_of(user, site.maildir, main_domain(site));
}

}  // namespace mailpipe::tools

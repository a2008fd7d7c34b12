// SPDX-License-Identifier: ISC
// What servers for mail clients have in common: where connections come from, how many, and TLS on them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "net/server.hpp"
#include "sasl/user.hpp"
#include "site.hpp"
#include "store/quota.hpp"
#include "tls/context.hpp"

namespace mailpipe::tools {

struct Server {
    std::vector<std::string> listen;
    std::vector<std::string> proxies;
    bool tls = false;
    std::uint64_t max_children = 500;
    std::uint64_t max_per_client = 50;
    unsigned sessions_per_process = 1;
    net::Sources sources{};  ///< by find_sources()
};
/// listen, tls, max-children, max-per-client, proxy-from.
void declare_server(cli::Command& command, Server& server);

/// Where connections come from: before anything else, since it may take root's rights.
Result<void> find_sources(Server& server);

/// net::serve() with what `server` says. `refusal` goes to whom there is no room for, where there is no TLS yet.
Result<void> serve(Server& server, const std::string& refusal, std::function<Result<void>()> reload,
                   const net::Session& session);

/// The certificate; after find_sources(). A process for one connection has time to read it.
tls::Identity tls_identity(const Site& site, const Server& server);

/// From here on the process is the mailbox owner's. Gives the path of the user's Maildir. Errors: transient, for a wrong
/// configuration.
Result<std::string> enter_mailbox(const Site& site, const sasl::User& user);
/// What the user may hold: by users(5), else by the site. Errors: permanent.
Result<store::Quota> quota_of(const Site& site, const sasl::User& user);
/// Of names in the site that have no domain of their own.
std::string main_domain(const Site& site);

}  // namespace mailpipe::tools

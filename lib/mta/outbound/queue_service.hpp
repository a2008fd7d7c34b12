// SPDX-License-Identifier: ISC
// sendq behind its command line: everything that a run through the queue needs, put together.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dns/cares_resolver.hpp"
#include "mta/directory.hpp"
#include "mta/dispatch/dispatcher.hpp"
#include "mta/outbound/local_station.hpp"
#include "mta/outbound/outbound.hpp"
#include "mta/remote/routes.hpp"
#include "mta/remote/tls_memory.hpp"
#include "queue/claims.hpp"
#include "queue/schedule.hpp"
#include "queue/spool.hpp"
#include "tls/client_context.hpp"

namespace mailpipe::mta {

/// Of mail to other hosts.
struct RemoteRules {
    std::vector<std::string> routes;    ///< values of the key `route`
    std::vector<std::string> resolver;  ///< name servers; none: those of resolv.conf(5)
    std::string tls_trust = "/etc/ssl/certs";  ///< ClientContext::make()
    std::uint16_t port = 25;
    DispatchLimits limits{};
};

struct QueueRules {
    std::string hostname;
    AddressingRules addressing;
    std::vector<std::string> users;
    std::string aliases;
    std::string spool;
    /// "lmtp:" and an address, or a program: a path, or a name beside our own program or in $PATH.
    std::string local_delivery;
    std::vector<std::string> deliver_arguments;  ///< of that program
    queue::Schedule schedule;
    std::chrono::seconds delay_notice{0};  ///< NoticeRules
    std::string metrics{};                 ///< the file of Metrics; empty: none
    RemoteRules remote;
};

class QueueService {
public:
    /// Root becomes the owner of the spool, once deliver, which stays root, has been started.
    /// Errors: 78, and 75 when root's deliver can't be started.
    static Result<std::unique_ptr<QueueService>> open(QueueRules rules);

    /// QueueRun::once(), and QueueRun::watch() with users and aliases loaded anew at SIGHUP. On an
    /// error the old ones stay. Metrics are written at the end, and about once a minute.
    Result<void> once();
    Result<void> watch();

private:
    explicit QueueService(QueueRules rules);
    Result<void> load();
    Result<void> start_local();
    Result<void> read_remote();
    Result<Dispatcher*> open_remote();
    Result<void> reload();
    void write_metrics();

    QueueRules rules_;
    bool keeps_deliver_ = false;  // root has started it, and can't any more
    std::unique_ptr<Directory> directory_;
    std::unique_ptr<LocalStation> local_;
    std::unique_ptr<queue::Spool> spool_;
    std::unique_ptr<queue::Claims> claims_;
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<Outcomes> outcomes_;
    std::unique_ptr<queue::FullMailboxes> full_;
    Routes routes_;
    std::vector<net::SocketAddress> servers_;  // none: those of resolv.conf(5)
    std::unique_ptr<TlsMemory> tls_memory_;
    std::unique_ptr<tls::ClientContext> tls_;
    std::unique_ptr<dns::CaresResolver> resolver_;
    std::unique_ptr<Dispatcher> remote_;
    std::unique_ptr<Outbound> outbound_;
};

}  // namespace mailpipe::mta

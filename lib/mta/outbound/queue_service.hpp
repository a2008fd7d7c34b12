// SPDX-License-Identifier: ISC
// sendq behind its command line: everything that a run through the queue needs, put together.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "mta/directory.hpp"
#include "mta/dispatch/dispatcher.hpp"
#include "mta/outbound/local_station.hpp"
#include "mta/outbound/outbound.hpp"
#include "mta/outbound/plan_basis.hpp"
#include "mta/outbound/queue_rules.hpp"
#include "queue/claims.hpp"
#include "queue/spool.hpp"
#include "tls/client_context.hpp"

namespace mailpipe::mta {

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
    Result<void> open_remote();
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
    std::unique_ptr<PlanBasis> basis_;
    std::unique_ptr<tls::ClientContext> tls_;
    std::unique_ptr<Dispatcher> remote_;
    std::unique_ptr<Outbound> outbound_;
};

}  // namespace mailpipe::mta

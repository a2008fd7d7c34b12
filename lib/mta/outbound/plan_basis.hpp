// SPDX-License-Identifier: ISC
// What plan_site() goes by, put together: routes, what was seen of domains, who we are, and the DNS.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "dns/cares_resolver.hpp"
#include "mta/outbound/queue_rules.hpp"
#include "mta/remote/routes.hpp"
#include "mta/remote/site_plan.hpp"
#include "mta/remote/tls_memory.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

struct PlanBasis {
    /// What can be wrong with the routes and the name servers, without more. Errors: 78.
    static Result<void> check(const RemoteRules& rules);
    /// `spool` is borrowed. Our addresses are those of the interfaces now. Nothing is asked of the DNS yet. Errors: 78;
    /// 75 where there are no descriptors.
    static Result<std::unique_ptr<PlanBasis>> make(const QueueRules& rules, const queue::Spool& spool);
    PlanBasis(const PlanBasis&) = delete;

    Routes routes;
    TlsMemory memory;
    std::unique_ptr<dns::CaresResolver> resolver;
    PlanRules rules;  ///< borrows the first two

private:
    PlanBasis(Routes the_routes, const queue::Spool& spool, std::unique_ptr<dns::CaresResolver> the_resolver);
};

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/operator/queue_plan.hpp"

#include <cstdio>

#include "mta/directory.hpp"
#include "mta/operator/plan_report.hpp"
#include "mta/outbound/plan_basis.hpp"
#include "mta/spool_owner.hpp"

namespace mailpipe::mta {

Result<void> print_plans(const QueueRules& rules, const Request& request) {
    auto directory = Directory::open({rules.users, rules.aliases, rules.addressing});
    if (!directory) return failure(directory.error());
    const auto owner = spool_owner(rules.spool);
    if (!owner) return failure(owner.error());
    if (auto became = become(*owner); !became) return became;
    const auto spool = queue::Spool::open(rules.spool);
    if (!spool) return failure(spool.error());
    const auto basis = PlanBasis::make(rules, *spool);
    if (!basis) return failure(basis.error());

    const auto any_state = [](queue::State) { return true; };
    return for_each_requested(*spool, request, any_state, [&](const queue::Listed& listed) -> Result<void> {
        auto message = look_at(listed);
        if (!message) return failure(message.error());
        const auto plan = plan_message(*message, *directory, (*basis)->rules, *(*basis)->resolver);
        const bool is_json = request.format == Format::json;
        const auto text = is_json ? plan_json(listed.state, *message, plan) : plan_text(listed.state, *message, plan);
        std::printf("%s\n", text.c_str());
        return {};
    });
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/operator/queue_plan.hpp"

#include <cstdio>

#include "mta/directory.hpp"
#include "mta/operator/plan_report.hpp"
#include "mta/outbound/plan_basis.hpp"
#include "mta/spool_owner.hpp"
#include "queue/listing.hpp"

namespace mailpipe::mta {

namespace {

Result<void> print_plan(const queue::Listed& listed, const Directory& directory, const PlanRules& rules, dns::Resolver& resolver,
                        Format format) {
    auto message = queue::Message::open(*listed.directory, listed.file_name, queue::Message::Access::look);
    if (!message) return failure(message.error());
    const auto plan = plan_message(*message, directory.addressing(), rules, resolver);
    const auto text = format == Format::json ? plan_json(listed.state, *message, plan) : plan_text(listed.state, *message, plan);
    std::printf("%s\n", text.c_str());
    return {};
}

}  // namespace

Result<void> print_plans(const QueueRules& rules, const std::vector<std::string>& ids, Format format) {
    const auto directory = Directory::open({rules.users, rules.aliases, rules.addressing});
    if (!directory) return failure(directory.error());
    const auto owner = spool_owner(rules.spool);
    if (!owner) return failure(owner.error());
    if (auto became = become(*owner); !became) return became;
    const auto spool = queue::Spool::open(rules.spool);
    if (!spool) return failure(spool.error());
    const auto basis = PlanBasis::make(rules, *spool);
    if (!basis) return failure(basis.error());
    const auto messages = queue::list(*spool);
    if (!messages) return failure(messages.error());

    Result<void> last{};
    for (const auto& id : ids) {
        const auto listed = queue::find(*messages, id);
        auto done = listed ? print_plan(*listed, *directory, (*basis)->rules, *(*basis)->resolver, format) : failure(listed.error());
        if (done) continue;
        if (!last) std::fprintf(stderr, "sendq: %s\n", last.error().what.c_str());
        last = std::move(done);
    }
    return last;
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/dispatch/site.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace mailpipe::mta {

std::size_t Site::connecting() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(links, [](const auto& link) { return link->state == Link::State::connecting; }));
}

bool Site::is_reached() const {
    return std::ranges::any_of(links, [](const auto& link) { return link->state != Link::State::connecting; });
}

void Site::forget_failures() {
    failures.clear();
    failed.clear();
    has_failed = false;
}

std::vector<Link*> idle_links(const Site& site) {
    std::vector<Link*> idle;
    for (const auto& link : site.links) {
        if (link->state == Link::State::idle) idle.push_back(link.get());
    }
    std::ranges::sort(idle, {}, &Link::idle_since);
    return idle;
}

Work split(Work& work, std::size_t most) {
    auto rest = work;
    const auto first = static_cast<std::ptrdiff_t>(most);
    rest.numbers.erase(rest.numbers.begin(), rest.numbers.begin() + first);
    work.numbers.resize(most);
    if (!work.refusals.empty()) {
        rest.refusals.erase(rest.refusals.begin(), rest.refusals.begin() + first);
        work.refusals.erase(work.refusals.begin() + first, work.refusals.end());
    }
    return rest;
}

tl::expected<const PlannedHost*, NoHost> choose_host(const Site& site, const HostTable& hosts, int family, Moment now) {
    const PlannedHost* best = nullptr;
    std::size_t fewest = 0;
    auto why = NoHost::all_dead;
    for (const auto& planned : site.plan.hosts) {
        const auto& address = planned.host.address;
        if (best != nullptr && planned.preference != best->preference) break;
        if ((family != AF_UNSPEC && address.family() != family) || hosts.is_dead(address, now)) continue;
        const auto name = net::to_string(address);
        if (site.unfit.contains(name)) continue;
        const auto failed = site.failed.find(name);
        if (failed != site.failed.end() && (!site.is_reached() || now - failed->second < HostTable::rest)) continue;
        if (hosts.is_full(address)) {
            why = NoHost::all_busy;
            continue;
        }
        const auto connections = hosts.connections(address);
        if (best != nullptr && connections >= fewest) continue;
        best = &planned;
        fewest = connections;
    }
    if (best == nullptr) return tl::unexpected{why};
    return best;
}

bool is_throttling(const smtp::Reply& reply) {
    if (reply.code == 421) return true;
    if (reply.is_permanent() || !reply.enhanced.starts_with("4.7.")) return false;
    const auto text = lower(reply.text);
    return text.find("greylist") == std::string::npos && text.find("graylist") == std::string::npos;
}

bool is_one_recipient_too_many(const smtp::Reply& reply) {
    return reply.code == 452 && (reply.enhanced.empty() || reply.enhanced == "4.5.3");
}

bool is_policy_refusal(const smtp::Reply& reply) { return reply.is_permanent() && reply.enhanced.starts_with("5.7."); }

}  // namespace mailpipe::mta

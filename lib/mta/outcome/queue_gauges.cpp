// SPDX-License-Identifier: ISC
#include "mta/outcome/queue_gauges.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "mta/outcome/report_text.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

namespace {

using queue::Listed;
using queue::State;

/// An id begins with the second of its arrival: no file has to be opened.
std::int64_t age_of(const Listed& listed, std::int64_t now) {
    std::string_view id = listed.name.id;
    return std::max<std::int64_t>(now - take_number<std::int64_t>(id).value_or(now), 0);
}

bool is_due(const Listed& listed, std::int64_t now) {
    return listed.state == State::fresh || (listed.state == State::waiting && listed.name.due.value_or(0) <= now);
}

/// The largest stay, the rest becomes "other", as does a site of that name: two levels of one name are none for a collector.
std::vector<QueueLevels::OfSite> largest(std::unordered_map<std::string, QueueLevels::OfSite> all) {
    std::vector<QueueLevels::OfSite> sites;
    for (auto& [name, level] : all) {
        level.site = name;
        sites.push_back(std::move(level));
    }
    std::ranges::sort(sites, {}, [](const auto& level) { return std::pair{~level.recipients, std::string_view{level.site}}; });
    if (sites.size() <= QueueGauges::max_sites) return sites;
    QueueLevels::OfSite other{"other"};
    const auto add_to_other = [&](const auto& level) {
        other.recipients += level.recipients;
        other.oldest_age = std::max(other.oldest_age, level.oldest_age);
    };
    const auto rest = sites.begin() + QueueGauges::max_sites;
    std::for_each(rest, sites.end(), add_to_other);
    sites.erase(rest, sites.end());
    const auto namesake = std::ranges::find(sites, other.site, &QueueLevels::OfSite::site);
    if (namesake != sites.end()) {
        add_to_other(*namesake);
        sites.erase(namesake);
    }
    sites.push_back(std::move(other));
    return sites;
}

}  // namespace

/// One that can't be opened has moved on, or is torn: nobody waits there.
std::vector<QueueGauges::Waiting> QueueGauges::waiting_in(const Listed& listed) {
    std::vector<Waiting> waiting;
    const auto message = queue::Message::open(*listed.directory, listed.file_name, queue::Message::Access::look);
    if (!message) return waiting;
    for (const auto& recipient : message->recipients()) {
        if (recipient.is_done()) continue;
        auto site = site_of(recipient);
        const auto same = std::ranges::find(waiting, site, &Waiting::site);
        if (same == waiting.end()) waiting.push_back({std::move(site), 1});
        else ++same->recipients;
    }
    return waiting;
}

Result<QueueLevels> QueueGauges::look(const queue::Spool& spool, std::int64_t now) {
    const auto listed = queue::list(spool);
    if (!listed) return failure(listed.error());
    QueueLevels levels;
    std::unordered_map<std::string, QueueLevels::OfSite> sites;
    Known seen;
    for (const auto& one : *listed) {
        auto& level = levels.states[static_cast<std::size_t>(one.state)];
        const auto age = age_of(one, now);
        ++level.messages;
        level.oldest_age = std::max(level.oldest_age, age);
        levels.due += is_due(one, now) ? 1 : 0;
        if (one.state == State::held) continue;
        auto known = one.state == State::active ? Known::node_type{} : known_.extract(one.file_name);
        auto waiting = known ? std::move(known.mapped()) : waiting_in(one);
        for (const auto& [site, recipients] : waiting) {
            auto& at = sites[site];
            at.recipients += recipients;
            at.oldest_age = std::max(at.oldest_age, age);
        }
        if (one.state != State::active) seen.emplace(one.file_name, std::move(waiting));
    }
    known_ = std::move(seen);
    levels.sites = largest(std::move(sites));
    return levels;
}

}  // namespace mailpipe::mta

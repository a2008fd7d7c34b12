// SPDX-License-Identifier: ISC
#include "mta/operator/plan_report.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "mail/tls_required.hpp"
#include "mta/dispatch/site.hpp"
#include "mta/outbound/delivery_plan.hpp"
#include "mta/outbound/expansion.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view postmaster_name = "postmaster";

/// Puts recipients where delivery would: plan_delivery() without a journal and a log.
class Recipients {
public:
    Recipients(queue::Message& message, const Addressing& addressing) : addressing_(addressing) {
        for (const auto& state : message.recipients()) {
            if (state.is_done()) seen_.insert(key(state.recipient.mailbox));
        }
        const auto trace = read_trace(message);
        for (const auto& state : message.recipients()) {
            if (state.is_done()) continue;
            const auto& mailbox = state.recipient.mailbox;
            if (!trace) {
                refuse({mailbox}, {451, "4.3.0", trace.error().what});
            } else if (state.alias_of == 0 && trace->delivered_to.contains(mailbox)) {
                refuse({mailbox}, {554, "5.4.6", "mail loop: this message has been here before"});
            } else {
                place(message, state);
            }
        }
    }

    MessagePlan plan;
    std::vector<std::pair<std::string, std::vector<PlannedRecipient>>> domains;  // of the remote ones, in their order

private:
    static std::string key(const mail::Mailbox& mailbox) { return mailbox.local_part + '\n' + lower(mailbox.domain); }

    void refuse(PlannedRecipient recipient, smtp::Reply reply) { plan.refused.push_back({std::move(recipient), std::move(reply)}); }

    void place(const queue::Message& message, const queue::RecipientState& state) {
        PlannedRecipient recipient{state.recipient.mailbox};
        if (state.alias_of == 0) return place(std::move(recipient), addressing_.resolve(state.recipient.mailbox));
        recipient.alias = mail::to_string(message.recipients()[state.alias_of - 1].recipient.mailbox);
        place(std::move(recipient), addressing_.resolve_user(state.recipient.mailbox));
    }

    void place(PlannedRecipient recipient, const Result<Resolution>& found) {
        if (!seen_.insert(key(recipient.mailbox)).second) return;
        if (!found) return refuse(std::move(recipient), {451, "4.3.0", found.error().what});
        switch (found->kind) {
            case Resolution::Kind::user: plan.local.push_back({std::move(recipient), found->user}); return;
            case Resolution::Kind::alias: return expand(recipient, *found->alias);
            case Resolution::Kind::remote: return send_out(std::move(recipient));
            case Resolution::Kind::unknown: break;
        }
        const bool is_postmaster = iequals(recipient.mailbox.local_part, postmaster_name);
        refuse(std::move(recipient), is_postmaster ? smtp::Reply{451, "4.3.5", "postmaster is no user here, and nothing names one"}
                                                   : smtp::Reply{550, "5.1.1", "no such user here"});
    }

    void expand(const PlannedRecipient& recipient, const Alias& alias) {
        const auto members = mta::expand(addressing_, alias);
        if (!members) {
            const bool transient = members.error().fault == Fault::transient;
            return refuse(recipient, {transient ? 451 : 554, transient ? "4.3.5" : "5.4.6", members.error().what});
        }
        seen_.erase(key(recipient.mailbox));  // it may be among its own members, and means the user then
        for (const auto& member : *members) place({member, mail::to_string(recipient.mailbox)}, addressing_.resolve_user(member));
    }

    void send_out(PlannedRecipient recipient) {
        const auto domain = lower(recipient.mailbox.domain);
        const auto known = std::ranges::find(domains, domain, [](const auto& one) { return one.first; });
        if (known != domains.end()) known->second.push_back(std::move(recipient));
        else domains.emplace_back(domain, std::vector{std::move(recipient)});
    }

    const Addressing& addressing_;
    std::set<std::string> seen_;
};

/// As the dispatcher reads it.
TlsWish wish_of(queue::Message& message) {
    const auto& envelope = message.envelope();
    // A report is not lost for want of TLS: RFC 8689 section 5.
    if (envelope.require_tls) return envelope.sender ? TlsWish::required : TlsWish::none;
    const auto header = message.header(mail::HeaderReader::max_octets);
    return header && mail::says_tls_is_not_required(*header) ? TlsWish::waived : TlsWish::none;
}

std::string address_of(const PlannedRecipient& recipient) {
    const auto address = mail::to_string(recipient.mailbox);
    return recipient.alias.empty() ? address : fmt::format("{} (alias {})", address, recipient.alias);
}

std::string_view protocol_of(const SitePlan& site) {
    if (site.is_lmtp) return "lmtp";
    return site.hosts.front().host.tls_first ? "smtps" : "smtp";
}

std::string host_line(const SitePlan& site, const PlannedHost& planned) {
    if (site.is_lmtp) return net::to_string(planned.host.address);
    return fmt::format("{} {} {}, {}", planned.preference, planned.host.to_string(), to_string(planned.host.security), planned.why);
}

text::JsonObject recipient_json(const PlannedRecipient& recipient) {
    text::JsonObject object;
    object.add("address", mail::to_string(recipient.mailbox));
    if (!recipient.alias.empty()) object.add("alias", recipient.alias);
    return object;
}

std::string host_json(const PlannedHost& planned) {
    const auto& host = planned.host;
    const auto ip = host.address.ip();
    text::JsonObject object;
    object.add("name", host.name).add("address", ip ? net::to_string(*ip) : host.address.path());
    if (ip) object.add("port", host.address.port());
    object.add("preference", planned.preference).add("tls", to_string(host.security)).add("why", planned.why);
    return object.text();
}

std::string site_json(const MessagePlan::Remote& remote) {
    text::JsonArray recipients, hosts, left_out;
    for (const auto& recipient : remote.recipients) recipients.add_raw(recipient_json(recipient).text());
    for (const auto& planned : remote.site.hosts) hosts.add_raw(host_json(planned));
    for (const auto& why : remote.site.left_out) left_out.add_raw(text::json_string(why));
    text::JsonObject object;
    object.add("name", remote.site.name).add("protocol", protocol_of(remote.site)).add_raw("recipients", recipients.text());
    object.add_raw("hosts", hosts.text()).add_raw("left-out", left_out.text());
    if (remote.site.login) object.add("login", remote.site.login->user);
    return object.text();
}

}  // namespace

MessagePlan plan_message(queue::Message& message, const Addressing& addressing, const PlanRules& rules, dns::Resolver& resolver) {
    Recipients recipients{message, addressing};
    auto& plan = recipients.plan;
    std::vector<std::optional<SitePlan>> sites(recipients.domains.size());
    for (std::size_t i = 0; i < sites.size(); ++i) {
        plan_site(rules, resolver, recipients.domains[i].first, 0, [&sites, i](SitePlan site) { sites[i] = std::move(site); });
    }
    constexpr std::chrono::seconds while_nothing_comes{1};
    while (!std::ranges::all_of(sites, [](const auto& site) { return site.has_value(); })) resolver.wait(while_nothing_comes);

    const auto wish = wish_of(message);
    for (std::size_t i = 0; i < sites.size(); ++i) {
        plan.add(std::move(*sites[i]), std::move(recipients.domains[i].second), wish);
    }
    return std::move(plan);
}

void MessagePlan::add(SitePlan site, std::vector<PlannedRecipient> recipients, TlsWish wish) {
    if (site.is_lmtp) wish = TlsWish::none;
    if (wish == TlsWish::required && !site.refusal && !site.is_sure) site.refusal = unsure_hosts();
    if (site.refusal) {
        for (auto& recipient : recipients) refused.push_back({std::move(recipient), *site.refusal});
        return;
    }
    if (wish == TlsWish::required) site = demand_tls(std::move(site));
    if (wish == TlsWish::waived && !site.is_fixed) site = waive_tls(std::move(site));
    const auto same = std::ranges::find(remote, site.key, [](const auto& known) { return known.site.key; });
    if (same == remote.end()) remote.push_back({std::move(site), std::move(recipients)});
    else std::ranges::move(recipients, std::back_inserter(same->recipients));
}

std::string plan_text(queue::State state, const queue::Message& message, const MessagePlan& plan) {
    std::string text = fmt::format("id: {}\nstate: {}\n", message.name().id, to_string(state));
    for (const auto& [recipient, user] : plan.local) text += fmt::format("local: {}, user {}\n", address_of(recipient), user);
    for (const auto& [site, recipients] : plan.remote) {
        text += fmt::format("site: {} by {}{}\n", site.name, protocol_of(site), site.login ? ", as " + site.login->user : "");
        for (const auto& recipient : recipients) text += fmt::format("  to: {}\n", address_of(recipient));
        for (const auto& planned : site.hosts) text += fmt::format("  host: {}\n", host_line(site, planned));
        for (const auto& why : site.left_out) text += fmt::format("  left out: {}\n", why);
    }
    for (const auto& [recipient, reply] : plan.refused) {
        text += fmt::format("{}: {}, {}\n", reply.is_permanent() ? "refused" : "deferred", address_of(recipient), smtp::to_string(reply));
    }
    return for_terminal(text);
}

std::string plan_json(queue::State state, const queue::Message& message, const MessagePlan& plan) {
    text::JsonArray local, sites, refused;
    for (const auto& [recipient, user] : plan.local) local.add_raw(recipient_json(recipient).add("user", user).text());
    for (const auto& remote : plan.remote) sites.add_raw(site_json(remote));
    for (const auto& [recipient, reply] : plan.refused) {
        auto object = recipient_json(recipient);
        object.add("code", reply.code).add("enhanced", reply.enhanced).add("text", reply.text);
        refused.add_raw(object.text());
    }
    text::JsonObject object;
    object.add("version", plan_json_version).add("id", message.name().id).add("state", to_string(state));
    object.add_raw("local", local.text()).add_raw("sites", sites.text()).add_raw("refused", refused.text());
    return object.text();
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/operator/plan_report.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mta/outbound/delivery_plan.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

PlannedRecipient planned_recipient(const queue::Message& message, std::size_t number) {
    const auto& state = message.recipients()[number];
    if (state.alias_of == 0) return {state.recipient.mailbox};
    return {state.recipient.mailbox, mail::to_string(message.recipients()[state.alias_of - 1].recipient.mailbox)};
}

/// In the journal's words, but nobody writes them down.
void note(queue::Message& message, std::size_t number, const smtp::Reply& reply) {
    using queue::Event;
    const auto event = reply.is_positive() ? Event::expanded : reply.is_permanent() ? Event::failed : Event::deferred;
    message.note({0, number + 1, event, reply.code, reply.enhanced, reply.text});
}

/// Whose mailbox it is; nobody's where users have changed in this moment.
MessagePlan::Local planned_local(const queue::Message& message, std::size_t number, const Addressing& addressing) {
    const auto found = addressing.resolve_user(message.recipients()[number].recipient.mailbox);
    return {planned_recipient(message, number), found ? found->user : ""};
}

struct RemoteDomain {
    std::string domain;  // lower case
    std::vector<PlannedRecipient> recipients;
    std::optional<SitePlan> site{};
};

std::vector<RemoteDomain> domains_of(const queue::Message& message, const std::vector<std::size_t>& numbers) {
    std::vector<RemoteDomain> domains;
    for (const auto number : numbers) {
        const auto domain = lower(message.recipients()[number].recipient.mailbox.domain);
        const auto known = std::ranges::find(domains, domain, &RemoteDomain::domain);
        if (known != domains.end()) known->recipients.push_back(planned_recipient(message, number));
        else domains.push_back({domain, {planned_recipient(message, number)}});
    }
    return domains;
}

/// Waits until the DNS has told of all.
void plan_sites(std::vector<RemoteDomain>& domains, const PlanRules& rules, dns::Resolver& resolver) {
    for (auto& one : domains) {
        plan_site(rules, resolver, one.domain, 0, [&one](SitePlan site) { one.site = std::move(site); });
    }
    constexpr std::chrono::seconds while_nothing_comes{1};
    while (!std::ranges::all_of(domains, [](const auto& one) { return one.site.has_value(); })) resolver.wait(while_nothing_comes);
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

MessagePlan plan_message(queue::Message& message, Directory& directory, const PlanRules& rules, dns::Resolver& resolver) {
    MessagePlan plan;
    auto delivery = plan_delivery(message, directory, [&](std::size_t number, const smtp::Reply& reply) {
        note(message, number, reply);
        if (!reply.is_positive()) plan.refused.push_back({planned_recipient(message, number), reply});
    });
    for (const auto& [number, first] : delivery.doubles) delivery.local.push_back(number);
    std::ranges::sort(delivery.local);
    for (const auto number : delivery.local) plan.local.push_back(planned_local(message, number, directory.addressing()));

    auto domains = domains_of(message, delivery.remote);
    plan_sites(domains, rules, resolver);
    const auto wish = tls_wish(message);
    for (auto& one : domains) plan.add(std::move(*one.site), std::move(one.recipients), wish);
    return plan;
}

void MessagePlan::add(SitePlan site, std::vector<PlannedRecipient> recipients, TlsWish wish) {
    const auto fit = site.refusal ? TlsFit::refused : fit_of(wish, site.terms, site.is_lmtp);
    if (fit == TlsFit::refused) {
        const auto& why = site.refusal ? *site.refusal : unsure_hosts();
        for (auto& recipient : recipients) refused.push_back({std::move(recipient), why});
        return;
    }
    site = fitted(std::move(site), fit);
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

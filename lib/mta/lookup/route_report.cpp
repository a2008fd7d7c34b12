// SPDX-License-Identifier: ISC
#include "mta/lookup/route_report.hpp"

#include <iterator>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "dns/order_of_tries.hpp"

namespace mailpipe::mta {

namespace {

using dns::MailRoute;
using dns::RouteHost;
using dns::RouteKind;

constexpr int max_shown_record = 200;  // characters, for people

constexpr const char* json_bool(bool is) { return is ? "true" : "false"; }

std::string summary(const MailRoute& route) {
    switch (route.kind) {
        case RouteKind::mx: return fmt::format("{} MX host{}", route.hosts.size(), route.hosts.size() == 1 ? "" : "s");
        case RouteKind::implicit_mx: return "no MX, mail goes to the domain's own address";
        case RouteKind::null_mx: return "takes no mail (null MX)";
        case RouteKind::literal: return "an address";
        case RouteKind::no_such_domain: return "no such domain";
        case RouteKind::no_mail_host: return route.has_mx ? "no MX host has an address" : "no MX and no address";
        case RouteKind::failed: return "not known now: " + route.trouble;
    }
    return {};
}

std::string title(const Subject& subject, const MailRoute& route) {
    if (subject.text == route.domain) return route.domain;
    return fmt::format("{} ({})", line_for_terminal(subject.text), route.domain);
}

void add_finding(std::string& text, dns::Finding finding, const RouteHost& host) {
    text.append("        ! ").append(dns::describe(finding));
    if (finding == dns::Finding::alias) text += ": of " + host.canonical;
    if (finding == dns::Finding::lookup_failed) text += ": " + host.trouble;
    text += '\n';
}

void add_host(std::string& text, const RouteHost& host, bool has_preference) {
    if (has_preference) fmt::format_to(std::back_inserter(text), "  {:>5} {}", host.preference, host.name);
    else text.append(8, ' ').append(host.name);
    for (const auto& address : dns::by_turns(host.addresses)) text.append("  ").append(net::to_string(address));
    text += '\n';
    for (const auto finding : host.findings) add_finding(text, finding, host);
}

std::string names_of(const std::vector<dns::Finding>& findings) {
    text::JsonArray names;
    for (const auto finding : findings) names.add_raw(text::json_string(dns::to_string(finding)));
    return names.text();
}

std::string host_json(const RouteHost& host, bool has_preference) {
    text::JsonArray addresses;
    for (const auto& address : dns::by_turns(host.addresses)) addresses.add_raw(text::json_string(net::to_string(address)));
    text::JsonObject object;
    object.add("name", host.name);
    if (has_preference) object.add("preference", std::int64_t{host.preference});
    object.add("canonical", host.canonical).add_raw("authentic", json_bool(host.is_authentic));
    object.add_raw("addresses", addresses.text()).add_raw("findings", names_of(host.findings));
    if (!host.trouble.empty()) object.add("trouble", host.trouble);
    return object.text();
}

}  // namespace

std::string route_text(const Subject& subject, const MailRoute& route) {
    auto text = fmt::format("{}: {}{}\n", title(subject, route), summary(route), route.is_authentic ? ", validated by DNSSEC" : "");
    if (route.canonical != route.domain && !route.canonical.empty()) text += fmt::format("        an alias of {}\n", route.canonical);
    for (const auto finding : route.findings) add_finding(text, finding, {});
    if (!route.has_host() && !route.has_mx) return text;
    for (const auto& host : route.hosts) add_host(text, host, route.has_mx);
    return text;
}

text::JsonObject route_json(const Subject& subject, const MailRoute& route) {
    text::JsonArray hosts;
    for (const auto& host : route.hosts) hosts.add_raw(host_json(host, route.has_mx));
    text::JsonObject object;
    object.add("version", lookup_json_version).add("query", subject.text).add("domain", route.domain);
    object.add("kind", dns::to_string(route.kind)).add("canonical", route.canonical);
    object.add_raw("authentic", json_bool(route.is_authentic)).add_raw("hosts", hosts.text());
    object.add_raw("findings", names_of(route.findings));
    if (!route.trouble.empty()) object.add("trouble", route.trouble);
    return object;
}

std::string verdicts_text(const std::vector<Verdict>& verdicts) {
    std::string lines;
    for (const auto& verdict : verdicts) {
        lines += fmt::format("{:>7} {} {}: {}\n", to_string(verdict.grade), verdict.check, verdict.name, verdict.words);
        if (!verdict.record.empty()) lines += fmt::format("        {:.{}}\n", line_for_terminal(verdict.record), max_shown_record);
    }
    return lines;
}

std::string verdicts_json(const std::vector<Verdict>& verdicts) {
    text::JsonArray array;
    for (const auto& verdict : verdicts) {
        text::JsonObject object;
        object.add("check", verdict.check).add("name", verdict.name).add("verdict", to_string(verdict.grade)).add("words", verdict.words);
        if (!verdict.record.empty()) object.add("record", verdict.record);
        array.add_raw(object.text());
    }
    return array.text();
}

std::string route_hosts(const MailRoute& route) {
    std::string lines;
    if (!route.has_host()) return lines;
    for (const auto& host : route.hosts) {
        if (!host.addresses.empty()) lines += host.name + '\n';
    }
    return lines;
}

std::string refusal_json(const std::string& text, const Error& error) {
    text::JsonObject object;
    object.add("version", lookup_json_version).add("query", text).add("kind", "no-domain").add("trouble", error.what);
    return object.text() + '\n';
}

}  // namespace mailpipe::mta

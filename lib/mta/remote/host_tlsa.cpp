// SPDX-License-Identifier: ISC
#include "mta/remote/host_tlsa.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mailpipe::mta {

namespace {

using Kind = HostTlsa::Kind;

HostTlsa read_tlsa(std::string base, const std::string& question, const dns::Answer& answer) {
    HostTlsa found{Kind::none, std::move(base)};
    if (answer.status == dns::Status::failed) {
        found.kind = Kind::failed;
        found.trouble = fmt::format("TLSA of {}: {}", question, answer.trouble);
    }
    if (answer.status != dns::Status::found || !answer.is_authentic) return found;
    for (const auto& [usage, selector, matching_type, data] : answer.tlsa) {
        const tls::TlsaRecord record{usage, selector, matching_type, data};
        if (tls::is_usable(record)) found.records.push_back(record);
    }
    found.kind = found.records.empty() ? Kind::unusable : Kind::usable;
    return found;
}

/// The first of `bases` that has records decides; so does one that nobody can tell of.
void ask(dns::Resolver& resolver, std::vector<std::string> bases, std::uint16_t port, std::function<void(HostTlsa)> done) {
    auto question = tlsa_name(bases.front(), port);
    resolver.ask(question, dns::Type::tlsa, [&resolver, question, bases, port, done = std::move(done)](const dns::Answer& answer) {
        auto found = read_tlsa(bases.front(), question, answer);
        if (found.kind != Kind::none || bases.size() == 1) return done(std::move(found));
        ask(resolver, {bases.begin() + 1, bases.end()}, port, done);
    });
}

}  // namespace

std::vector<std::string> tlsa_bases(const dns::RouteHost& host) {
    if (host.canonical == host.name) return {host.name};
    return {host.canonical, host.name};
}

std::string tlsa_name(const std::string& base, std::uint16_t port) { return fmt::format("_{}._tcp.{}", port, base); }

void find_host_tlsa(dns::Resolver& resolver, const dns::RouteHost& host, std::uint16_t port, std::function<void(HostTlsa)> done) {
    if (!host.is_authentic) return done({});
    ask(resolver, tlsa_bases(host), port, std::move(done));
}

}  // namespace mailpipe::mta

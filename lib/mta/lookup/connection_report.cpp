// SPDX-License-Identifier: ISC
#include "mta/lookup/connection_report.hpp"

#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "mta/lookup/forecast.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t max_shown_text = 400;  // characters, for people

/// What a host said, on one line.
std::string shown(std::string_view text) {
    return fmt::format("{:.{}}", line_for_terminal(text), max_shown_text);
}

std::string shown(const std::vector<std::string>& texts) {
    return texts.empty() ? "nothing" : shown(fmt::format("{}", fmt::join(texts, ", ")));
}

// Of a time in RFC 3339: "2026-11-21", and "2026-11-21T20:53:22".
constexpr std::size_t date_octets = 10;
constexpr std::size_t second_octets = 19;

std::string time_text(std::time_t seconds, std::size_t octets) { return rfc3339(Time{std::chrono::seconds{seconds}}).substr(0, octets); }

/// Whole days, rounded down: -1 on the day after the end.
std::int64_t days_between(std::time_t begin, std::time_t end) {
    using namespace std::chrono;
    return floor<days>(seconds{end - begin}).count();
}

std::string lifetime(const tls::PeerCertificate& certificate, std::time_t now) {
    const auto date = [](std::time_t time) { return time_text(time, date_octets); };
    const auto dates = fmt::format("{} to {}", date(certificate.not_before), date(certificate.not_after));
    const auto days = days_between(now, certificate.not_after);
    if (now < certificate.not_before) return dates + ", not valid yet";
    if (days < 0) return fmt::format("{}, expired {} day{} ago", dates, -days, days == -1 ? "" : "s");
    return fmt::format("{}, {} day{} left", dates, days, days == 1 ? "" : "s");
}

/// Who it is, as far as can be known.
std::string identity(const HostProbe& probe) {
    const auto& verdict = probe.tls->verdict;
    switch (verdict.trust) {
        case tls::Trust::dane: return "proven by a TLSA record (DANE)";
        case tls::Trust::pkix: return fmt::format("proven: a CA of this host vouches for {}", shown(verdict.name));
        case tls::Trust::nobody: break;
    }
    const auto* basis = probe.target.tlsa.kind == HostTlsa::Kind::usable ? "TLSA records" : "this host's CAs";
    return fmt::format("not proven: encrypted, whoever it is (by {}: {})", basis, verdict.trouble);
}

std::string tls_text(const HostProbe& probe) {
    const auto& tls = *probe.tls;
    auto text = fmt::format("        TLS: {}\n", tls.description);
    if (tls.extensions != probe.extensions) text += fmt::format("        offers under TLS: {}\n", shown(tls.extensions));
    const auto& [names, subject, issuer, not_before, not_after] = tls.certificate;
    const auto whose = names.empty() ? fmt::format("without DNS names, of {}", shown(subject)) : fmt::format("for {}", shown(names));
    text += fmt::format("        certificate: {}, issued by {}\n", whose, shown(issuer));
    text += fmt::format("        certificate: {}\n", lifetime(tls.certificate, probe.time));
    return text + fmt::format("        identity: {}\n", identity(probe));
}

std::string_view words(Transport transport) {
    switch (transport) {
        case Transport::none: return "no mail";
        case Transport::clear_text: return "mail in clear text";
        case Transport::tls: return "mail under TLS";
    }
    return {};
}

/// Levels with the same outcome share a line.
std::string forecasts_text(const HostProbe& probe) {
    std::string text;
    for (auto left = forecast(probe); !left.empty();) {
        const auto first = left.front();
        std::string levels;
        std::erase_if(left, [&](const Forecast& one) {
            if (one.transport != first.transport || one.why != first.why) return false;
            levels += fmt::format("{}{}{}", levels.empty() ? "" : ", ", one.level == "default" ? "" : "tls=", one.level);
            return true;
        });
        text += fmt::format("        {}: {}", words(first.transport), levels);
        if (!first.why.empty()) text += fmt::format(" ({})", shown(first.why));
        text += '\n';
    }
    return text;
}

/// A connection's failure names itself.
std::string failure_text(const HostProbe::Failure& failure) {
    if (failure.step == ProbeStep::connect) return fmt::format("        ! {}\n", shown(failure.what));
    return fmt::format("        ! {}: {}\n", to_string(failure.step), shown(failure.what));
}

std::string probe_text(const HostProbe& probe) {
    auto text = fmt::format("connect {}\n", probe.target.to_string());
    if (probe.greeting) text += fmt::format("        greeting: {}\n", shown(smtp::to_string(*probe.greeting)));
    if (probe.takes_clear_text()) text += fmt::format("        offers: {}\n", shown(probe.extensions));
    if (probe.tls) text += tls_text(probe);
    if (probe.failure) text += failure_text(*probe.failure);
    if (!probe.takes_clear_text()) return text;
    return text + forecasts_text(probe);
}

std::string strings_json(const std::vector<std::string>& texts) {
    text::JsonArray array;
    for (const auto& one : texts) array.add_raw(text::json_string(one));
    return array.text();
}

std::string reply_json(const smtp::Reply& reply) {
    text::JsonObject object;
    object.add("code", std::int64_t{reply.code}).add("enhanced", reply.enhanced).add("text", reply.text);
    return object.text();
}

std::string certificate_json(const tls::PeerCertificate& certificate, std::time_t now) {
    const auto date = [](std::time_t time) { return time_text(time, second_octets) + "Z"; };
    text::JsonObject object;
    object.add_raw("names", strings_json(certificate.names)).add("subject", certificate.subject).add("issuer", certificate.issuer);
    object.add("not-before", date(certificate.not_before)).add("not-after", date(certificate.not_after));
    object.add("days-left", days_between(now, certificate.not_after));
    return object.text();
}

std::string_view trust_json(tls::Trust trust) {
    switch (trust) {
        case tls::Trust::nobody: return "none";
        case tls::Trust::pkix: return "pkix";
        case tls::Trust::dane: return "dane";
    }
    return {};
}

std::string_view tlsa_json(HostTlsa::Kind kind) {
    switch (kind) {
        case HostTlsa::Kind::none: return "none";
        case HostTlsa::Kind::unusable: return "unusable";
        case HostTlsa::Kind::usable: return "usable";
        case HostTlsa::Kind::failed: return "failed";
    }
    return {};
}

std::string tls_json(const HostProbe& probe) {
    const auto& tls = *probe.tls;
    text::JsonObject object;
    object.add("description", tls.description).add_raw("extensions", strings_json(tls.extensions));
    object.add_raw("certificate", certificate_json(tls.certificate, probe.time)).add("proven-by", trust_json(tls.verdict.trust));
    if (!tls.verdict.name.empty()) object.add("matched", tls.verdict.name);
    if (!tls.verdict.trouble.empty()) object.add("trouble", tls.verdict.trouble);
    return object.text();
}

std::string forecasts_json(const HostProbe& probe) {
    text::JsonObject levels;
    for (const auto& one : forecast(probe)) levels.add(one.level, to_string(one.transport));
    return levels.text();
}

std::string probe_json(const HostProbe& probe) {
    const auto& address = probe.target.address;
    text::JsonObject object;
    object.add("host", probe.target.host).add("address", net::to_string(*address.ip())).add("port", std::int64_t{address.port()});
    object.add("tlsa", tlsa_json(probe.target.tlsa.kind));
    if (!probe.target.tlsa.trouble.empty()) object.add("tlsa-trouble", probe.target.tlsa.trouble);
    if (probe.greeting) object.add_raw("greeting", reply_json(*probe.greeting));
    if (probe.takes_clear_text()) object.add_raw("extensions", strings_json(probe.extensions));
    if (probe.tls) object.add_raw("tls", tls_json(probe));
    if (probe.failure) object.add("failed", to_string(probe.failure->step)).add("trouble", probe.failure->what);
    return object.add_raw("mail", forecasts_json(probe)).text();
}

}  // namespace

std::string connections_text(const Connections& connections) {
    std::string text;
    for (const auto& probe : connections.probes) text += probe_text(probe);
    if (connections.left_out > 0) text += fmt::format("        ! {} more addresses are not connected to\n", connections.left_out);
    return text;
}

void add_connections(text::JsonObject& object, const Connections& connections) {
    text::JsonArray array;
    for (const auto& probe : connections.probes) array.add_raw(probe_json(probe));
    object.add_raw("connections", array.text()).add("left-out", static_cast<std::int64_t>(connections.left_out));
}

}  // namespace mailpipe::mta

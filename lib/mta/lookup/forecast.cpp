// SPDX-License-Identifier: ISC
#include "mta/lookup/forecast.hpp"

#include <algorithm>

namespace mailpipe::mta {

namespace {

/// TLS, where the host has proven as much as it has to.
Forecast only_with_tls(std::string_view level, const HostProbe& probe, bool is_proven) {
    if (probe.failure) return {level, Transport::none, "TLS fails: " + probe.failure->what};
    if (!probe.tls) return {level, Transport::none, "STARTTLS is not offered"};
    if (!is_proven) return {level, Transport::none, probe.tls->verdict.trouble};
    return {level, Transport::tls};
}

Forecast forecast_of(const HostProbe& probe, const Demand& demand) {
    const auto& [level, security] = demand;
    if (!probe.takes_clear_text()) return {level, Transport::none, probe.failure->what};
    if (!security) return {level, Transport::none, security.error()};
    const auto trust = probe.tls ? probe.tls->verdict.trust : tls::Trust::nobody;
    switch (*security) {
        case Security::none: return {level, Transport::clear_text};
        case Security::opportunistic: return {level, probe.takes_tls() ? Transport::tls : Transport::clear_text};
        case Security::encrypted: return only_with_tls(level, probe, /*is_proven=*/true);
        case Security::verified: return only_with_tls(level, probe, trust != tls::Trust::nobody);
        case Security::dane: return only_with_tls(level, probe, trust == tls::Trust::dane);
    }
    return {level, Transport::none};
}

}  // namespace

std::string_view to_string(Transport transport) {
    switch (transport) {
        case Transport::none: return "none";
        case Transport::clear_text: return "clear-text";
        case Transport::tls: return "tls";
    }
    return {};
}

std::vector<Forecast> forecast(const HostProbe& probe) {
    std::vector<Forecast> forecasts;
    for (const auto& demand : probe.target.demands) forecasts.push_back(forecast_of(probe, demand));
    return forecasts;
}

bool gets_mail_by_default(const HostProbe& probe) {
    return std::ranges::any_of(probe.target.demands, [&](const Demand& demand) {
        return demand.level == "default" && forecast_of(probe, demand).transport != Transport::none;
    });
}

}  // namespace mailpipe::mta

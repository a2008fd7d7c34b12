// SPDX-License-Identifier: ISC
#include "mta/lookup/forecast.hpp"

namespace mailpipe::mta {

namespace {

std::string why_no_tls(const HostProbe& probe) {
    if (!probe.failure) return "STARTTLS is not offered";
    return "TLS fails: " + probe.failure->what;
}

/// TLS, where whoever it is has proven as much as `trust` says.
Forecast only_with(std::string_view level, const HostProbe& probe, bool is_proven) {
    if (!probe.takes_tls()) return {level, Transport::none, why_no_tls(probe)};
    if (is_proven) return {level, Transport::tls};
    return {level, Transport::none, probe.tls->verdict.trouble};
}

Forecast opportunistic(const HostProbe& probe) {
    if (probe.takes_tls()) return {"opportunistic", Transport::tls};
    return {"opportunistic", Transport::clear_text};
}

Forecast by_dane(const HostProbe& probe) {
    if (probe.target.tlsa != TlsaStanding::usable) return {"dane", Transport::none, probe.target.tlsa_words};
    return only_with("dane", probe, probe.tls && probe.tls->verdict.trust == tls::Trust::dane);
}

/// What asks for no proof of its own: TLSA records ask for it.
Forecast unless_dane(Forecast alone, const HostProbe& probe) {
    switch (probe.target.tlsa) {
        case TlsaStanding::none: return alone;
        case TlsaStanding::unusable: return only_with(alone.level, probe, /*is_proven=*/true);
        case TlsaStanding::usable:
        case TlsaStanding::unknown: break;
    }
    auto proven = by_dane(probe);
    proven.level = alone.level;
    return proven;
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
    if (!probe.takes_clear_text()) {
        std::vector<Forecast> nothing;
        for (const auto level : {"none", "opportunistic", "encrypted", "verify", "dane"}) {
            nothing.push_back({level, Transport::none, probe.failure->what});
        }
        return nothing;
    }
    const bool is_verified = probe.tls && probe.tls->verdict.trust != tls::Trust::nobody;
    return {{"none", Transport::clear_text},
            unless_dane(opportunistic(probe), probe),
            unless_dane(only_with("encrypted", probe, /*is_proven=*/true), probe),
            only_with("verify", probe, is_verified),
            by_dane(probe)};
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// What mail would meet at a host that was probed, at each level of safety that a route may ask for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mta/lookup/host_probe.hpp"

namespace mailpipe::mta {

enum class Transport {
    none,  ///< it waits, or another host gets it
    clear_text,
    tls,
};
/// "none", "clear-text", "tls".
std::string_view to_string(Transport transport);

struct Forecast {
    std::string_view level;  ///< "none", "opportunistic", "encrypted", "verify", "dane"
    Transport transport;
    std::string why{};       ///< where it is none
};

/// For each level, the least safe first. Where TLSA records count, "opportunistic" and "encrypted" go by them too
/// (RFC 7672 section 2.2).
std::vector<Forecast> forecast(const HostProbe& probe);

}  // namespace mailpipe::mta

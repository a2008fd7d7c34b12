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
    std::string_view level;  ///< of the demand
    Transport transport;
    std::string why{};       ///< where it is none
};

/// For each demand on the host, in their order.
std::vector<Forecast> forecast(const HostProbe& probe);
/// Where no level is named.
bool gets_mail_by_default(const HostProbe& probe);

}  // namespace mailpipe::mta

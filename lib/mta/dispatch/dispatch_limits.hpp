// SPDX-License-Identifier: ISC
// How much of everything remote delivery may have at a time.
#pragma once

#include <chrono>
#include <cstddef>

namespace mailpipe::mta {

struct DispatchLimits {
    std::size_t site_connections = 20;  ///< to one site
    std::size_t host_connections = 20;  ///< to one address, whatever the sites
    std::size_t run_connections = 100;  ///< in all
    std::size_t site_messages = 200;    ///< claimed for one site; others of it wait in cur/
    std::size_t run_messages = 2000;    ///< claimed in all
    /// Until mail can be sent to a host of a site that was not reached yet, while others such wait.
    std::chrono::seconds silence{20};
};

}  // namespace mailpipe::mta

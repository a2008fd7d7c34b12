// SPDX-License-Identifier: ISC
// What the command line and the configuration say of the queue: sendq(8).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "mta/addressing.hpp"
#include "mta/dispatch/dispatch_limits.hpp"
#include "queue/schedule.hpp"

namespace mailpipe::mta {

/// Of mail to other hosts.
struct RemoteRules {
    std::vector<std::string> routes;    ///< values of the key `route`
    std::vector<std::string> resolver;  ///< name servers; none: those of resolv.conf(5)
    std::string tls_trust = "/etc/ssl/certs";  ///< ClientContext::make()
    std::uint16_t port = 25;
    DispatchLimits limits{};
};

struct QueueRules {
    std::string hostname;
    AddressingRules addressing;
    std::vector<std::string> users;
    std::string aliases;
    std::string spool;
    /// "lmtp:" and an address, or a program: a path, or a name beside our own program or in $PATH.
    std::string local_delivery;
    std::vector<std::string> deliver_arguments;  ///< of that program
    queue::Schedule schedule;
    std::chrono::seconds delay_notice{0};  ///< NoticeRules
    std::string metrics{};                 ///< the file of Metrics; empty: none
    RemoteRules remote;
};

}  // namespace mailpipe::mta

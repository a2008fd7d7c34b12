// SPDX-License-Identifier: ISC
// How full the queue is: by state, and who waits by site.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "queue/listing.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

struct QueueLevels {
    struct OfState {
        std::uint64_t messages = 0;
        std::int64_t oldest_age = 0;  ///< seconds
    };
    struct OfSite {
        std::string site;
        std::uint64_t recipients = 0;
        std::int64_t oldest_age = 0;  ///< seconds
    };
    std::array<OfState, 4> states{};  ///< in the order of queue::State
    std::uint64_t due = 0;            ///< messages that can be tried now: new, or waiting and their time has come
    std::vector<OfSite> sites{};      ///< who waits, but for what is held: the largest max_sites, then "other" for the rest
};

class QueueGauges {
public:
    static constexpr std::size_t max_sites = 100;

    /// Only messages that have come or been tried since the last call are opened, and those that are being delivered.
    Result<QueueLevels> look(const queue::Spool& spool, std::int64_t now);

private:
    struct Waiting {
        std::string site;
        std::uint32_t recipients;
    };
    using Known = std::unordered_map<std::string, std::vector<Waiting>>;  // by file name, which changes with each try
    static std::vector<Waiting> waiting_in(const queue::Listed& listed);

    Known known_;
};

}  // namespace mailpipe::mta

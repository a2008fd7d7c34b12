// SPDX-License-Identifier: ISC
// What sendq has done and what is in the queue, in a file for Prometheus' textfile collectors. Manual: sendq(8), METRICS.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mta/outcome/queue_gauges.hpp"
#include "queue/journal.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

/// What is counted for each site.
enum class Counted {
    delivered,   ///< recipients: the last station has it
    relayed,     ///< recipients: another host has it
    deferred,    ///< recipients, each time
    failed,      ///< recipients
    plain,       ///< connections without TLS
    encrypted,   ///< connections under TLS, whoever the host is
    verified,    ///< connections under TLS to a host that proved who it is
    unreachable, ///< connections that failed before there was mail to send
    throttled,   ///< times that a site was asked to wait, or asked us to
};
constexpr std::size_t counted_kinds = 9;

/// By site and kind. In the file a site that comes when there are max_sites already is counted as "other".
using Counts = std::map<std::pair<std::string, Counted>, std::uint64_t>;

class Metrics {
public:
    static constexpr std::size_t max_sites = 200;
    static constexpr std::size_t max_site_octets = 255;

    /// `file` is the path; the other two are borrowed. What the file counted before goes on; a file that is torn or not ours counts
    /// as nothing.
    Metrics(std::string file, const queue::Spool& spool, const Clock& clock) : file_(std::move(file)), spool_(spool), clock_(clock) {}

    void count(std::string_view site, Counted what, std::uint64_t n = 1);
    /// The outcomes; other events are not counted.
    void count(std::string_view site, queue::Event event);

    /// Adds what was counted since the last time to the file, and looks into the spool. The file is replaced at once, with mode 0644;
    /// several sendq may write the same one: they take turns, but for a file system without locks, where what one of two has counted
    /// may be lost. Errors: transient; what was counted is kept for the next time, and nothing is left behind.
    Result<void> write();
    /// The same, and logs what goes wrong: metrics stop no mail.
    void write_or_log();

private:
    std::string file_;
    const queue::Spool& spool_;
    const Clock& clock_;
    QueueGauges gauges_;
    Counts counts_;  // since the last write()
};

/// The counters of a file that metrics_text() wrote. Nothing of one that is not whole.
Counts parse_counts(std::string_view text);
/// The exposition format 0.0.4, with "# EOF" at the end, by which a torn file is known.
std::string metrics_text(const Counts& counts, const QueueLevels& levels);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// One domain or a million: looked up many at once, printed in the order in which they came. Manual: mxlookup(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "dns/mail_route.hpp"
#include "dns/resolver.hpp"
#include "mta/lookup/host_probe.hpp"
#include "mta/lookup/subject.hpp"
#include "mta/lookup/subject_source.hpp"

namespace mailpipe::mta {

enum class LookupFormat { text, json, hosts };
enum class LookupOrder { as_given, as_found };

struct LookupOptions {
    LookupFormat format = LookupFormat::text;
    LookupOrder order = LookupOrder::as_given;
    std::size_t at_once = 256;  ///< domains that are looked up at the same time
    bool with_checks = false;   ///< and check_setup()
    std::vector<std::string> selectors{};  ///< of DKIM, for that; A-labels
    const ProbeRules* probing = nullptr;   ///< and connect_to_hosts(), one domain at a time; null: nobody is connected to
};

/// Reports that wait for one before them; then no more domains are begun until that one is known.
constexpr std::size_t max_waiting_reports = 10'000;

struct LookupSummary {
    std::uint64_t domains = 0;  ///< that were done
    std::uint64_t no_host = 0;  ///< no such domain, no mail host, or a null MX
    std::uint64_t unknown = 0;  ///< temporary failures; also no host that could be connected to
    std::uint64_t refused = 0;  ///< no domains at all
    std::uint64_t flawed = 0;   ///< whose checks found something bad, or a host of which would not get mail

    /// Errors: 65 when there was a wrong one, else 75, else 68, else 1; what says how many of how many.
    Result<void> outcome() const;
};

struct LookupOutputs {
    std::function<void(std::string_view)> print;     ///< whole lines
    std::function<void()> flush;                     ///< what was printed goes out: nothing comes for a while
    std::function<void(std::string_view)> complain;  ///< of what is no domain
    std::function<void(const LookupSummary&)> progress;
    std::function<bool()> is_broken;  ///< nobody reads any more
};

/// Until the source is at its end. `polled` is readable when the resolver has something to do. Errors: of the source; what
/// was begun before is done then.
Result<LookupSummary> look_up(dns::Resolver& resolver, const Fd& polled, SubjectSource& source, const LookupOptions& options,
                              const LookupOutputs& outputs);

}  // namespace mailpipe::mta

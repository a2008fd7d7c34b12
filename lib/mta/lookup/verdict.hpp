// SPDX-License-Identifier: ISC
// What a domain publishes about its mail beside the MX, record by record, and what to think of it in plain words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.hpp"

namespace mailpipe::mta {

enum class Grade {
    good,
    note,     ///< allowed, and may be meant so
    bad,      ///< does not do what it is there for
    unknown,  ///< cannot be looked up now
};
/// "good", "note", "bad", "unknown".
std::string_view to_string(Grade grade);

struct Verdict {
    std::string check;   ///< "spf", "dmarc", "dkim", "mta-sts", "tls-rpt", "tlsa" or "ptr"
    std::string name;    ///< the domain, host or address that it is about
    Grade grade;
    std::string words;
    std::string record{};  ///< the text that was judged, octets; empty where there is none
};

// Each judges the answer to one question, whose name is in its comment. None of them looks anything up.

/// TXT at the domain (RFC 7208). What includes and redirects lead to is not looked at.
Verdict judge_spf(const std::string& domain, const dns::Answer& answer);
/// TXT at _dmarc.`owner` (RFC 7489 section 6), where `owner` is the domain itself or one that it belongs to, whose sp counts.
Verdict judge_dmarc(const std::string& domain, const std::string& owner, const dns::Answer& answer);
/// An answer that has a DMARC record: else the domains above are asked.
bool has_dmarc(const dns::Answer& answer);
/// TXT at `selector`._domainkey.`domain` (RFC 6376 section 3.6.1).
Verdict judge_dkim(const std::string& name, const dns::Answer& answer);
/// TXT at _mta-sts.`domain` (RFC 8461 section 3.1). The policy itself is not fetched.
Verdict judge_mta_sts(const std::string& domain, const dns::Answer& answer);
/// TXT at _smtp._tls.`domain` (RFC 8460 section 3).
Verdict judge_tls_rpt(const std::string& domain, const dns::Answer& answer);

/// What else DANE needs (RFC 7672 section 2.2).
struct DaneBasis {
    bool mx_is_authentic;
    bool addresses_are_authentic;
};
/// TLSA at _25._tcp.`host` (RFC 7672 section 3).
Verdict judge_tlsa(const std::string& host, const dns::Answer& answer, const DaneBasis& basis);

/// PTR of an address. `confirmed` are those of the names whose addresses it is among; `unknown` is why one of them cannot
/// be looked up now, else empty.
Verdict judge_ptr(const std::string& address, const dns::Answer& answer, const std::vector<std::string>& confirmed,
                  const std::string& unknown);

}  // namespace mailpipe::mta

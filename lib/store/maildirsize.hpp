// SPDX-License-Identifier: ISC
// The file `maildirsize` in a Maildir's root: its quota, and a running sum of what it holds (Maildir++,
// https://www.courier-mta.org/imap/README.maildirquota.html). Dovecot and Courier read and append to it too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/quota.hpp"

namespace mailpipe::store {

struct Maildirsize {
    Quota quota;
    Usage used;         ///< the sum of all lines after the first
    std::size_t lines;  ///< their number
};
/// Errors: permanent, for a file that has to be made anew; also one of max_octets and more.
Result<Maildirsize> parse_maildirsize(std::string_view text);

constexpr std::size_t maildirsize_max_octets = 5120;

/// Whether `more` fits into the Maildir with this root as well. Counts all folders anew when maildirsize is missing,
/// has grown too long, is for another quota, or says "no" and may be out of date.
Result<bool> has_room(const Fd& root, const Quota& quota, const Usage& more);

/// Notes a change (a deletion has negative numbers) in maildirsize, if there is one: one line with one write(2).
/// A failure is of no account: whoever finds the file wrong counts anew.
void record_usage(const Fd& root, const Usage& change);

/// Whether the Maildir at `path` is known to have no room for one more message of so many octets: for a reply to a
/// stranger's RCPT. Reads maildirsize, counts and writes nothing. Nothing where that does not tell: has_room() would have
/// to count, there is no quota, or the file is missing or not ours to read (smtpd does not run as its owner).
std::optional<bool> over_quota(const std::string& path, const Quota& quota, std::int64_t octets);

/// What GETQUOTA tells (RFC 9208 section 4.2): what the Maildir with this root holds, and how much it may: `quota`, or where
/// none is set what maildirsize says. Counts all folders anew where has_room() would, and where there is no file.
struct QuotaUse {
    Quota quota;
    Usage used;
};
Result<QuotaUse> quota_use(const Fd& root, const Quota& quota);

}  // namespace mailpipe::store

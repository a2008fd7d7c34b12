// SPDX-License-Identifier: ISC
// A message's file name in a Maildir: "<unique>,S=<octets>,W=<octets with CRLF>:2,<flags>", as Dovecot and Courier read
// and write it (maildir(5), https://cr.yp.to/proto/maildir.html).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::store {

/// Views into the name that was parsed. Sizes are what the name claims; only the file knows.
struct MaildirName {
    std::string_view base;    ///< up to the first ':': the message's identity, also in dovecot-uidlist
    std::string_view unique;  ///< up to the first ',' of base
    std::string_view flags;   ///< the letters of ":2,"; A-Z flags, a-z keywords; sorted by those who keep the rules

    std::optional<std::uint64_t> octets() const;       ///< S: as on disk
    std::optional<std::uint64_t> wire_octets() const;  ///< W: with every line end as CRLF (RFC822.SIZE)

    /// When it was delivered.
    struct Arrival {
        std::uint64_t seconds;       ///< leading digits of unique; 0 without
        std::uint64_t microseconds;  ///< M of unique; 0 without
        auto operator<=>(const Arrival&) const = default;
    };
    Arrival arrival() const;
};

/// Any name can be parsed. The first ",S=" or ",W=" of digits counts; one that is no 64-bit number is no size.
MaildirName parse_maildir_name(std::string_view name);

/// False for what is no message in new/ or cur/: names that are empty, hidden or begin with ':'.
bool is_message_name(std::string_view name);

/// The older message first: seconds, microseconds, then the name. How UIDs are given to new files.
bool arrived_before(const MaildirName& a, const MaildirName& b);

/// "<unique>,S=<octets>,W=<wire_octets>".
std::string sized_name(std::string_view unique, std::uint64_t octets, std::uint64_t wire_octets);

/// The name in cur/ with the letters of `add` added to its flags and those of `remove` taken away, sorted by ASCII.
/// Unknown letters stay, and so does whatever follows a further ',' in the flags field.
std::string with_flags(std::string_view name, std::string_view add, std::string_view remove = {});

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
// An address as the envelope knows it: Mailbox of RFC 5321 section 4.1.2, with UTF-8 as RFC 6531 section 3.3 allows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::mail {

struct Mailbox {
    std::string local_part;  ///< without quotes and backslashes; its case is kept
    std::string domain;      ///< as it came; an address literal with its brackets. Empty only for bare <postmaster>

    /// Same local-part, to the letter, and same domain, whatever the case of ASCII letters.
    bool operator==(const Mailbox& other) const;
};

/// Dot-string, which RFC 5322 section 3.2.3 calls dot-atom-text: what needs no quotes. UTF-8 is not looked into.
bool is_dot_string(std::string_view text);

/// local-part "@" domain, quoted strings and address literals included; 254 octets in all (RFC 5321 section 4.5.3.1.3). No
/// limit on the local-part alone: the 64 octets of section 4.5.3.1.1 are what must be taken at least, and SRS and VERP
/// make longer ones. Errors: permanent, with the place and what was wrong there.
Result<Mailbox> parse_mailbox(std::string_view text);

/// A mailbox, or a local-part alone, which is not empty: `domain` is, for the site to fill in. Errors: as above.
Result<Mailbox> parse_address(std::string_view text);

/// As it stands in a command or a header field: the local-part quoted only where it has to be.
std::string to_string(const Mailbox& mailbox);

/// True when the mailbox can be spoken of only with SMTPUTF8 (RFC 6531).
bool needs_utf8(const Mailbox& mailbox);

/// Nothing is the null reverse-path "<>".
using ReversePath = std::optional<Mailbox>;

}  // namespace mailpipe::mail

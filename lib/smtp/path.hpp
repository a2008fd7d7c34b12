// SPDX-License-Identifier: ISC
// What stands behind FROM: and TO: (RFC 5321 section 4.1.2, Reverse-path and Forward-path).
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::smtp {

struct ReversePath {
    mail::ReversePath sender;
    std::string_view rest;  ///< the parameters
};
struct ForwardPath {
    mail::Mailbox recipient;
    std::string_view rest;  ///< the parameters
};

/// A source route is read and forgotten (RFC 5321 appendix C). Departs from RFC 5321 section 3.3 in taking blanks before
/// the path, and a mailbox without "<" and ">": people at a terminal and old scripts write so. Errors: permanent.
Result<ReversePath> parse_reverse_path(std::string_view text);
/// The same; never null, and "<postmaster>" may stand without a domain (RFC 5321 section 4.1.1.3).
Result<ForwardPath> parse_forward_path(std::string_view text);

}  // namespace mailpipe::smtp

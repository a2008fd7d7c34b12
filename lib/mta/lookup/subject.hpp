// SPDX-License-Identifier: ISC
// What a person wants to know the mail hosts of: a domain, or an address in one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::mta {

struct Subject {
    std::string text;    ///< as it was typed, without blanks around it
    std::string domain;  ///< what find_mail_route() takes: A-labels, or an address literal
};

/// "example.org", "bücher.example", "user@example.org", "[192.0.2.1]", "[IPv6:2001:db8::1]", and both addresses without
/// brackets and tag. Errors: permanent, status data, with what is wrong.
Result<Subject> parse_subject(std::string_view text);

}  // namespace mailpipe::mta

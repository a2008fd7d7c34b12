// SPDX-License-Identifier: ISC
// A mail route as mxlookup prints it: for people, for scripts, for programs. Manual: mxlookup(1).
#pragma once

#include <string>

#include "base/error.hpp"
#include "dns/mail_route.hpp"
#include "mta/lookup/subject.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

constexpr int lookup_json_version = 1;

/// A line for the domain, one for each host in the order of tries, its addresses in theirs, and what is wrong below.
std::string route_text(const Subject& subject, const dns::MailRoute& route);

/// The members of one object; more may be added.
text::JsonObject route_json(const Subject& subject, const dns::MailRoute& route);

/// The hosts that have addresses, a line each.
std::string route_hosts(const dns::MailRoute& route);

/// The object of what is no domain.
std::string refusal_json(const std::string& text, const Error& error);

}  // namespace mailpipe::mta

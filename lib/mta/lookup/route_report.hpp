// SPDX-License-Identifier: ISC
// A mail route as mxlookup prints it: for people, for scripts, for programs. Manual: mxlookup(1).
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "dns/mail_route.hpp"
#include "mta/lookup/subject.hpp"
#include "mta/lookup/verdict.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

constexpr int lookup_json_version = 1;

/// A line for the domain, one for each host in the order of tries, its addresses in theirs, and what is wrong below.
std::string route_text(const Subject& subject, const dns::MailRoute& route);

/// The members of one object; more may be added.
text::JsonObject route_json(const Subject& subject, const dns::MailRoute& route);

/// A line for each verdict, and the record that it is about below.
std::string verdicts_text(const std::vector<Verdict>& verdicts);
/// An array of objects.
std::string verdicts_json(const std::vector<Verdict>& verdicts);

/// The hosts that have addresses, a line each.
std::string route_hosts(const dns::MailRoute& route);

/// The object of what is no domain.
std::string refusal_json(const std::string& text, const Error& error);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// What hosts said and proved, as mxlookup prints it: for people, for programs. Manual: mxlookup(1).
#pragma once

#include <string>

#include "mta/lookup/connections.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

/// A line for each address, and below it what was heard.
std::string connections_text(const Connections& connections);

/// Adds the members "connections" and "left-out".
void add_connections(text::JsonObject& object, const Connections& connections);

}  // namespace mailpipe::mta

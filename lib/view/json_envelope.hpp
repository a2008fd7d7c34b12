// SPDX-License-Identifier: ISC
// A message's header as JSON: its fields, and what those say that have a form (RFC 5322 section 3.6).
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::view {

/// An array of {"name", "value"}, decoded, in their order. `header` may go on with a body.
std::string json_fields(std::string_view header);

/// An object: date, subject, addresses, message identifiers, Received fields from the newest on.
std::string json_envelope(std::string_view header);

}  // namespace mailpipe::view

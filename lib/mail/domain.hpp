// SPDX-License-Identifier: ISC
// Domain and address-literal of RFC 5321 sections 4.1.2 and 4.1.3, with U-labels (RFC 6531 section 3.3).
#pragma once

#include <string_view>

namespace mailpipe::mail {

/// Labels of 1 to 63 octets, 255 in all, no dot at the end. Underscores pass: departs from RFC 5321 section 4.1.2, which
/// forbids them, because hosts that have them send mail. UTF-8 is not looked into beyond being UTF-8.
bool is_domain(std::string_view text);

/// "[192.0.2.1]" or "[IPv6:2001:db8::1]"; no other tag is registered.
bool is_address_literal(std::string_view text);

}  // namespace mailpipe::mail

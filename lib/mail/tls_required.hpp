// SPDX-License-Identifier: ISC
// The header field TLS-Required (RFC 8689 section 3).
#pragma once

#include <string_view>

namespace mailpipe::mail {

/// True for "TLS-Required: No", in any case of letters: the author would rather have the message delivered than protected, so
/// what recipients' domains ask for (MTA-STS, DANE) is not insisted on. A header that has the field twice, or with any other
/// value, does not say so. REQUIRETLS on MAIL overrules it (RFC 8689 section 4.1). `message` may go on with a body.
bool says_tls_is_not_required(std::string_view message);

}  // namespace mailpipe::mail

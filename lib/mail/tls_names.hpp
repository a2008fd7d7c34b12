// SPDX-License-Identifier: ISC
// The names of TLS's versions and cipher suites as servers write them into Received fields.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::mail {

/// "TLSv1.2" for "TLS1_2", "TLS-1.2" and the like, "SSLv3"; empty for what is no version.
std::string tls_version(std::string_view word);

/// True for a name as OpenSSL, GnuTLS or IANA give it: it ends with a hash or a mode of authentication.
bool is_tls_cipher(std::string_view word);

}  // namespace mailpipe::mail

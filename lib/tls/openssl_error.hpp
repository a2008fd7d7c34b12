// SPDX-License-Identifier: ISC
// OpenSSL's error queue in one line. Only lib/tls includes this.
#pragma once

#include <string>

namespace mailpipe::tls {

/// Empties the queue; the reason of its first entry ("no shared cipher"), or "no reason given".
std::string take_openssl_error();

}  // namespace mailpipe::tls

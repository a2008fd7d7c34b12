// SPDX-License-Identifier: ISC
// What holds for both sides of TLS. Only lib/tls includes this.
#pragma once

#include <openssl/ssl.h>

namespace mailpipe::tls {

/// Makes a context for one connection a process: TLS 1.2 and newer, forward secrecy, no compression, no renegotiation, no
/// sessions kept. Null when there is no memory.
SSL_CTX* new_context(const SSL_METHOD* side);

}  // namespace mailpipe::tls

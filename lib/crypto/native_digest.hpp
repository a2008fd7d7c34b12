// SPDX-License-Identifier: ISC
// OpenSSL's name for a digest. Only lib/crypto includes this.
#pragma once

#include <openssl/evp.h>

#include "crypto/digest.hpp"

namespace mailpipe::crypto {

const EVP_MD* native(Digest kind);

}  // namespace mailpipe::crypto

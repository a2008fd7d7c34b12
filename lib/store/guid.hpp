// SPDX-License-Identifier: ISC
// What names one mailbox for ever (G of dovecot-uidlist, RFC 8474), or one file that nobody else may have.
#pragma once

#include <string>

namespace mailpipe::store {

/// 128 random bits in 32 hexadecimal digits. Empty only where the system has none to give.
std::string random_guid();

}  // namespace mailpipe::store

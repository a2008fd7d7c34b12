// SPDX-License-Identifier: ISC
// What names one mailbox for ever (G of dovecot-uidlist, RFC 8474), or one file that nobody else may have.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::store {

/// As dovecot-uidlist can have it. A message's GUID may be a file's base name, with blanks, which would end it there: then
/// another one is made of it, always the same.
std::string written_guid(std::string_view guid);

/// 128 random bits in 32 hexadecimal digits. Empty only where the system has none to give.
std::string random_guid();

}  // namespace mailpipe::store

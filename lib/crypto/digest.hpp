// SPDX-License-Identifier: ISC
// Message digests (FIPS 180-4; MD5: RFC 1321, only where others' formats want it).
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::crypto {

enum class Digest { md5, sha1, sha256, sha512 };

/// The digest as octets: 16, 20, 32 or 64.
std::string digest(Digest kind, std::string_view data);

/// Takes as long for equal octets as for unequal ones of that size.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace mailpipe::crypto

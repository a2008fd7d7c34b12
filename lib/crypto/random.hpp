// SPDX-License-Identifier: ISC
// Octets that nobody can guess.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace mailpipe::crypto {

/// Fills all of it from the kernel's generator: nothing is inherited by fork(2). Never fails on Linux ≥ 3.17.
void random_fill(std::span<char> octets);

/// Two lower-case hexadecimal digits for each octet.
std::string random_hex(std::size_t octets);

}  // namespace mailpipe::crypto

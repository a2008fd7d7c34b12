// SPDX-License-Identifier: ISC
// What a harness proves of a parser.
#pragma once

#include <cstdlib>

/// The fuzzer keeps the input where it does not hold.
inline void require(bool holds) {
    if (!holds) std::abort();
}

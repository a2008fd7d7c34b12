// SPDX-License-Identifier: ISC
// Catch2, and how it prints our types. Every unit test includes this first.
#pragma once

#include <ostream>

#include <catch2/catch.hpp>

#include "base/result.hpp"

namespace mailpipe {

inline std::ostream& operator<<(std::ostream& out, Fault fault) {
    return out << (fault == Fault::transient ? "transient" : "permanent");
}
inline std::ostream& operator<<(std::ostream& out, const Error& error) {
    return out << error.fault << ": " << error.what;
}

}  // namespace mailpipe

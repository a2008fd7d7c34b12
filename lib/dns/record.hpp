// SPDX-License-Identifier: ISC
// What the DNS holds for mail, as values. Names are in presentation form (RFC 1035 section 5.1): A-labels, lower case, no
// dot at the end, "" for the root; octets that a name hardly has stand as "\." or "\009".
#pragma once

#include <cstdint>
#include <string>

namespace mailpipe::dns {

/// Types of records that can be asked for, with their numbers on the wire.
enum class Type : std::uint16_t { a = 1, ptr = 12, mx = 15, txt = 16, aaaa = 28, tlsa = 52 };

/// RFC 1035 section 3.3.9. The root as host is RFC 7505's "takes no mail".
struct Mx {
    std::uint16_t preference;
    std::string host;

    bool operator==(const Mx&) const = default;
};

/// RFC 6698 section 2.1.
struct Tlsa {
    std::uint8_t usage;
    std::uint8_t selector;
    std::uint8_t matching_type;
    std::string data;  ///< octets, as they are

    bool operator==(const Tlsa&) const = default;
};

}  // namespace mailpipe::dns

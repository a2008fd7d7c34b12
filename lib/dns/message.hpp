// SPDX-License-Identifier: ISC
// A response of the DNS as it came over the wire (RFC 1035 section 4). Nothing in it is believed: lengths and counts are
// checked against what is there, a compressed name only goes back, and nothing recurses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "dns/record.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::dns {

constexpr std::uint16_t cname_type = 5;

/// RCODEs (RFC 1035 section 4.1.1) that mean something of their own to us.
enum Rcode : unsigned { no_error = 0, format_error = 1, server_failure = 2, name_error = 3, not_implemented = 4, refused = 5 };

/// "SERVFAIL", "REFUSED" …; "RCODE 11" for one without a name.
std::string rcode_name(unsigned rcode);

struct Record {
    std::string owner;
    std::uint16_t type;  ///< a Type, or cname_type
    std::uint32_t ttl;   ///< seconds
    /// A and AAAA: an address; CNAME and PTR: a name; TXT: the strings, joined without blanks (RFC 7208 section 3.3).
    std::variant<net::IpAddress, std::string, Mx, Tlsa> data;
};

struct Message {
    std::uint16_t id = 0;
    unsigned rcode = 0;         ///< of the header alone, 0 to 15
    bool is_truncated = false;  ///< TC: the answer did not fit
    bool is_authentic = false;  ///< AD: the server says that all of it is validated (RFC 4035 section 3.2.3)
    /// Of class IN and of the types above; others are left out. At most what 65535 octets can hold.
    std::vector<Record> answers{};
};

/// Errors: transient, with the octet where it stops making sense. Authority and additional section are not looked at.
Result<Message> parse_message(std::string_view octets);

}  // namespace mailpipe::dns

// SPDX-License-Identifier: ISC
// The values of From, To, Cc …: address-list of RFC 5322 sections 3.4 and 4.4, with UTF-8 (RFC 6532), as real mail has it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailpipe::mail {

/// Its parts as they stand, without quotes, backslashes and folding. Any may be empty: what has no '@' is a local-part
/// where it is one word, else a name.
struct Address {
    std::string name;        ///< display-name, encoded-words as they are; where there is none the last comment
    std::string route;       ///< "@a,@b", which nobody obeys (RFC 5322 section 4.4); mostly empty
    std::string local_part;
    std::string domain;      ///< an address literal with its brackets

    bool operator==(const Address&) const = default;
};

struct Group {
    std::optional<std::string> name;  ///< nothing: addresses that stand in no group
    std::vector<Address> members;

    bool operator==(const Group&) const = default;
};

struct AddressList {
    std::vector<Group> groups;  ///< in their order
    bool is_valid = true;       ///< nothing had to be guessed
};

/// More addresses and groups than that, in all, are left out.
constexpr std::size_t max_addresses = 10'000;

/// `value` as it stands in the field. Never fails. Guessed is: a separator, a bracket or an end that is missing, one that
/// is too many, what has no '@', specials without quotes, octets that are not UTF-8, what is beyond a limit.
AddressList parse_address_list(std::string_view value);

/// A display-name in UTF-8, encoded-words decoded: those inside of quotes, too (departs from RFC 2047 section 5), as
/// mailers write them there.
std::string decoded_name(std::string_view name);

/// local-part "@" domain, quoted where it has to be. Empty where the address is only a name.
std::string addr_spec(const Address& address);

}  // namespace mailpipe::mail

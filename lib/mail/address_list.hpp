// SPDX-License-Identifier: ISC
// The value of To, Cc and their kin, as people write it: address-list of RFC 5322 section 3.4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::mail {

struct NamedMailbox {
    std::string name;  ///< to show, in UTF-8; mostly empty
    Mailbox mailbox;
};

/// A group with its name, or mailboxes without one.
struct Group {
    std::string name;
    bool is_named = false;
    std::vector<NamedMailbox> members;
};

/// Mailboxes with and without names, groups, empty places between commas; names may have any characters. Comments are
/// passed over, encoded-words not decoded. Errors: permanent, with the address that is none.
Result<std::vector<Group>> parse_address_list(std::string_view value);

/// As it stands in a field, folded with LF so that lines have 76 octets where that is possible; `column` is how many stand
/// before it. Names are quoted where they have to be, or encoded-words (RFC 2047 section 5); addresses never are.
std::string format_address_list(const std::vector<Group>& groups, std::size_t column);

}  // namespace mailpipe::mail

// SPDX-License-Identifier: ISC
// What SORT and THREAD compare of a header's fields, by i;unicode-casemap: RFC 5256 section 3, RFC 5957.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mail/address_list.hpp"

namespace mailpipe::imap {

/// More octets of a key make no difference; of a subject that is longer than max_value_octets the first ones count.
constexpr std::size_t max_key_octets = 1000;
constexpr std::size_t max_value_octets = 4 * 1024;

// Keys have no NUL, so that nothing comes before their end.

struct SubjectKey {
    std::string base;       ///< of the base subject
    bool is_reply = false;  ///< or a forward
};
/// The value as it stands in the field.
SubjectKey subject_key(std::string_view value);

/// Of the first address. A group's beginning is one, whose mailbox is the group's name: so ENVELOPE has it.
struct AddressKeys {
    std::string mailbox;  ///< addr-mailbox
    std::string display;  ///< RFC 5957 section 3
};
AddressKeys address_keys(const mail::AddressList& list);

}  // namespace mailpipe::imap

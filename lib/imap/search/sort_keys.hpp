// SPDX-License-Identifier: ISC
// What SORT and THREAD compare of a header's fields, by i;unicode-casemap: RFC 5256 section 3, RFC 5957.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::imap {

/// More octets of a key make no difference; of a value that is longer than max_value_octets the first ones count.
constexpr std::size_t max_key_octets = 1000;
constexpr std::size_t max_value_octets = 4 * 1024;

// Values as they stand in the field. Keys have no NUL, so that nothing comes before their end.

struct SubjectKey {
    std::string base;       ///< of the base subject
    bool is_reply = false;  ///< or a forward
};
SubjectKey subject_key(std::string_view value);

/// Of the first address. A group's beginning is one, whose mailbox is the group's name: so ENVELOPE has it.
struct AddressKeys {
    std::string mailbox;  ///< addr-mailbox
    std::string display;  ///< RFC 5957 section 3
};
AddressKeys address_keys(std::string_view value);

}  // namespace mailpipe::imap

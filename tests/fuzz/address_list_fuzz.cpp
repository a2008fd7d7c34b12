// SPDX-License-Identifier: ISC
// A list of addresses that is valid is written so that the same is read again, in lines that go on the one before.
#include <algorithm>
#include <cstdint>

#include "base/ascii.hpp"
#include "fuzz/require.hpp"
#include "mail/address_format.hpp"
#include "mail/header.hpp"
#include "text/charset.hpp"

using namespace mailpipe;

namespace {

void require_same_name(const std::string& before, const std::string& after) {
    require(before == after || trim(mail::decoded_name(after)) == trim(text::to_utf8(before, "utf-8")));
}

void require_same(const mail::Group& before, const mail::Group& after) {
    require(before.name.has_value() == after.name.has_value() && before.members.size() == after.members.size());
    require_same_name(before.name.value_or(""), after.name.value_or(""));
    for (std::size_t n = 0; n < before.members.size(); ++n) {
        require(mail::addr_spec(before.members[n]) == mail::addr_spec(after.members[n]));
        require_same_name(before.members[n].name, after.members[n].name);
    }
}

/// Nobody may send that: format_address_list() makes nothing sound of it.
bool has_controls(const mail::AddressList& list) {
    const auto is_odd = [](const mail::Address& address) { return std::ranges::any_of(address.local_part, is_control); };
    return std::ranges::any_of(list.groups, [&](const mail::Group& group) { return std::ranges::any_of(group.members, is_odd); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto list = mail::parse_address_list(input);
    if (!list.is_valid || has_controls(list)) return 0;
    const auto text = mail::format_address_list(list, size % 80);
    for (auto at = text.find_first_of("\r\n"); at != text.npos; at = text.find_first_of("\r\n", at + 1)) {
        require(text[at] == '\n' && at + 1 < text.size() && text[at + 1] == ' ');
    }
    const auto again = mail::parse_address_list(mail::unfold(text));
    require(again.is_valid && again.groups.size() == list.groups.size());
    for (std::size_t n = 0; n < list.groups.size(); ++n) require_same(list.groups[n], again.groups[n]);
    return 0;
}

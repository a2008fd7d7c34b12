// SPDX-License-Identifier: ISC
#include "imap/search/sort_keys.hpp"

#include <algorithm>

#include "imap/search/base_subject.hpp"
#include "text/casemap.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::imap {

namespace {

std::string key_of(std::string_view text) {
    auto key = text::casemapped(text.substr(0, max_key_octets));
    std::erase(key, '\0');
    key.resize(std::min(key.size(), max_key_octets));
    return key;
}

std::string displayed(const mail::Address& address) {
    auto name = mail::decoded_name(address.name);
    if (!name.empty()) return name;
    if (address.local_part.empty() || address.domain.empty()) return address.local_part;
    return address.local_part + '@' + address.domain;
}

}  // namespace

SubjectKey subject_key(std::string_view value) {
    const auto subject = base_subject(text::decode_words(value.substr(0, max_value_octets)));
    return {key_of(subject.text), subject.is_reply};
}

AddressKeys address_keys(const mail::AddressList& list) {
    for (const auto& group : list.groups) {
        if (group.name) return {key_of(*group.name), key_of(*group.name)};
        if (group.members.empty()) continue;
        const auto& first = group.members.front();
        return {key_of(first.local_part), key_of(displayed(first))};
    }
    return {};
}

}  // namespace mailpipe::imap

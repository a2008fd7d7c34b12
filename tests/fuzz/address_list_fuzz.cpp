// SPDX-License-Identifier: ISC
// A list of addresses that is read is written so that the same is read again, in lines that go on the one before.
#include <cstdint>

#include "base/ascii.hpp"
#include "fuzz/require.hpp"
#include "mail/address_list.hpp"
#include "mail/header.hpp"
#include "text/charset.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;

namespace {

void require_same_name(const std::string& before, const std::string& after) {
    require(trim(text::decode_words(after)) == trim(text::to_utf8(before, "utf-8")) || before == after);
}

void require_same(const mail::Group& before, const mail::Group& after) {
    require(before.is_named == after.is_named && before.members.size() == after.members.size());
    require_same_name(before.name, after.name);
    for (std::size_t n = 0; n < before.members.size(); ++n) {
        require(before.members[n].mailbox == after.members[n].mailbox);
        require_same_name(before.members[n].name, after.members[n].name);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto groups = mail::parse_address_list(input);
    if (!groups) return 0;
    const auto text = mail::format_address_list(*groups, size % 80);
    for (auto at = text.find_first_of("\r\n"); at != text.npos; at = text.find_first_of("\r\n", at + 1)) {
        require(text[at] == '\n' && at + 1 < text.size() && text[at + 1] == ' ');
    }
    const auto again = mail::parse_address_list(mail::unfold(text));
    require(again.has_value());
    std::size_t n = 0;  // groups without a name that follow each other are one then
    mail::Group joined;
    for (const auto& group : *groups) {
        if (!group.is_named) {
            joined.members.insert(joined.members.end(), group.members.begin(), group.members.end());
            continue;
        }
        if (!joined.members.empty()) require_same(joined, again->at(n++));
        joined = {};
        require_same(group, again->at(n++));
    }
    if (!joined.members.empty()) require_same(joined, again->at(n++));
    require(n == again->size());
    return 0;
}

// SPDX-License-Identifier: ISC
// Whatever stands in a field, each reader of values takes it: what it tells is bounded and can't leave its line, and what
// it calls valid is read again from what is written of it.
#include <algorithm>
#include <cstdint>

#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "mail/address_list.hpp"
#include "mail/date.hpp"
#include "mail/message_id.hpp"
#include "mail/phrase_list.hpp"
#include "mail/received_trace.hpp"
#include "mime/content_type.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;

namespace {

bool is_one_line(std::string_view text) { return text.find_first_of("\r\n") == std::string_view::npos; }

void require_sound(const mail::Address& address, bool is_valid) {
    require(is_one_line(address.name) && is_one_line(address.local_part) && is_one_line(address.domain));
    require(is_utf8(mail::decoded_name(address.name)));
    if (!is_valid) return;
    const auto again = mail::parse_address_list(mail::addr_spec(address));
    require(again.groups.size() == 1 && again.groups[0].members.size() == 1);
    const auto& same = again.groups[0].members[0];
    require(same.local_part == address.local_part && same.domain == address.domain);
}

void read_addresses(std::string_view value) {
    const auto list = mail::parse_address_list(value);
    std::size_t count = 0;
    for (const auto& group : list.groups) {
        count += group.members.size() + (group.name ? 1 : 0);
        for (const auto& member : group.members) require_sound(member, list.is_valid);
    }
    require(count <= mail::max_addresses);
}

void read_date(std::string_view value) {
    const auto date = mail::parse_date(value);
    constexpr Time first{std::chrono::sys_days{std::chrono::year{1901} / 1 / 1}};
    constexpr Time last{std::chrono::sys_days{std::chrono::year{2260} / 12 / 31}};
    if (date && *date > first && *date < last) require(mail::parse_date(mail::format_date(*date, 0)) == *date);
}

void read_received(std::string_view value) {
    const auto trace = mail::parse_received(value);
    for (const auto& text : {trace.from, trace.helo, trace.ident, trace.by, trace.via, trace.with, trace.id, trace.recipient}) {
        require(text.size() <= std::max<std::size_t>(value.size(), 46));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view value{reinterpret_cast<const char*>(data), size};
    read_addresses(value);
    read_date(value);
    read_received(value);
    const auto ids = mail::parse_message_ids(value);
    require(ids.size() <= mail::max_message_ids);
    for (const auto& id : ids) require(!id.empty() && is_one_line(id) && id.size() <= 2 * size);
    for (const auto& phrase : mail::parse_phrase_list(value)) require(!phrase.empty() && is_utf8(phrase));
    require(is_utf8(text::decode_words(value)));
    require(mime::parse_content_type(value).parameters.all.size() <= mime::max_pieces);
    for (const auto& parameter : mime::parse_disposition(value).parameters.all) require(!parameter.name.empty());
    return 0;
}

// SPDX-License-Identifier: ISC
#include "mta/submission/submitted_header.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/address_format.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"

namespace mailpipe::mta {

namespace {

std::string from_field(const Author& author) {
    constexpr std::string_view name = "From: ";
    const mail::Address address{author.full_name, {}, author.mailbox.local_part, author.mailbox.domain};
    mail::AddressList list;
    list.groups.push_back({{}, {address}});
    return fmt::format("{}{}\n", name, mail::format_address_list(list, name.size()));
}

std::string missing_fields(std::string_view header, const Author& author, std::string_view hostname, Time time) {
    std::string fields;
    if (!mail::find_field(header, "Date")) fields += fmt::format("Date: {}\n", mail::format_date(time));
    if (!mail::find_field(header, "From")) fields += from_field(author);
    if (!mail::find_field(header, "Message-ID")) fields += fmt::format("Message-ID: {}\n", mail::new_message_id(time, hostname));
    return fields;
}

}  // namespace

Result<SubmittedHeader> complete_header(std::string_view head, const Author& author, std::string_view hostname, Time time) {
    mail::HeaderReader reader{head};
    while (reader.next()) {}
    const auto octets = reader.body();
    const bool is_whole = reader.ended_by_empty_line() || octets < mail::HeaderReader::max_octets || octets == head.size();
    if (!is_whole) {
        return failure({Fault::permanent, fmt::format("the header has more than {} octets", mail::HeaderReader::max_octets),
                        ExitStatus::data});
    }
    const auto came = head.substr(0, octets);
    SubmittedHeader header{missing_fields(came, author, hostname, time), octets};
    header.text += mail::without_fields(mail::without_fields(came, "Bcc"), "Resent-Bcc");
    if (!reader.ended_by_empty_line() && octets < head.size()) header.text += '\n';
    header.smtputf8 = !all_ascii(header.text) && is_utf8(header.text);
    return header;
}

}  // namespace mailpipe::mta

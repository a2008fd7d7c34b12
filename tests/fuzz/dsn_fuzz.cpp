// SPDX-License-Identifier: ISC
// What strangers put into delivery reports: ENVID, ORCPT, NOTIFY and RET of an envelope, addresses, and a host's reply. The first
// five lines are those, the rest is the reply. Nothing of it makes a field, or a line, that is not ours.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "fuzz/require.hpp"
#include "mail/dsn.hpp"
#include "mail/envelope.hpp"
#include "mta/outcome/remote_reply.hpp"
#include "smtp/retry_hint.hpp"

using namespace mailpipe;

namespace {

constexpr std::string_view field_names[] = {"Original-Envelope-Id: ", "Reporting-MTA: ", "Original-Recipient: ", "Final-Recipient: ",
                                            "Action: ", "Status: ", "Remote-MTA: ", "Diagnostic-Code: "};

std::string_view take_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

void check_status(const mail::DeliveryStatus& status) {
    const auto text = format_delivery_status(status);
    require(text.ends_with('\n') && (needs_utf8(status) || all_ascii(text)));
    for (std::string_view left = text; !left.empty();) {
        const auto line = take_line(left);
        const auto begins_it = [line](std::string_view name) { return line.starts_with(name); };
        require(line.empty() || std::ranges::any_of(field_names, begins_it));
        require(std::ranges::none_of(line, is_control));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input{reinterpret_cast<const char*>(data), size};
    std::array<std::string_view, 5> lines;
    for (auto& line : lines) line = take_line(input);
    const auto [envelope_id, original, notify, dsn_return, address] = lines;

    if (const auto parsed = mail::parse_notify(notify)) require(mail::parse_notify(to_string(*parsed)) == parsed);
    if (const auto parsed = mail::parse_return(dsn_return)) require(mail::parse_return(to_string(*parsed)) == parsed);

    const smtp::Reply reply{451, "4.7.1", std::string{input}};
    if (const auto hint = smtp::retry_hint(reply)) require(smtp::min_retry_hint <= *hint && *hint <= smtp::max_retry_hint);
    const queue::JournalLine line{0, 1, queue::Event::failed, reply.code, reply.enhanced, reply.text};
    const auto said = mta::remote_reply(line);
    require(said.host.starts_with(said.name) && said.name.empty() == said.host.empty() && (said.command.empty() || !said.host.empty()));
    if (!input.empty() && queue::reply_text(line).find("not delivered in time") == std::string::npos) {
        const auto given_up = mta::remote_reply({0, 1, queue::Event::failed, 451, "4.4.7", mta::expired_text(reply)});
        require(given_up.host == said.host && given_up.command == said.command && given_up.reply == said.reply);
    }

    const auto mailbox = mail::parse_mailbox(address);
    if (!mailbox) return 0;
    mail::DeliveryStatus status{"mx.example", std::string{envelope_id}, {}, {}, {}};
    status.recipients.push_back({*mailbox, std::string{original}, mail::DsnAction::failed, "5.1.1", said.reply, said.name});
    check_status(status);
    return 0;
}

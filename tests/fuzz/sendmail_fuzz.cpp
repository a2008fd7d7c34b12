// SPDX-License-Identifier: ISC
// Any octets as what programs give to sendmail: a header that is completed has all it needs, no Bcc and the same body, and
// whoever it names can be spoken of in SMTP. As a command line, parted by NUL: what is taken can be told to smtpd.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "mail/header.hpp"
#include "mta/submission/command_line.hpp"
#include "mta/submission/recipient_list.hpp"
#include "mta/submission/submitted_header.hpp"
#include "smtp/parameters.hpp"
#include "smtp/path.hpp"

using namespace mailpipe;

namespace {

void check_recipients(const mta::RecipientList& list) {
    for (const auto& mailbox : list.all()) {
        const auto path = smtp::parse_forward_path("<" + mail::to_string(mailbox) + ">");
        require(path && path->recipient == mailbox && path->rest.empty());
    }
}

void check_header(std::string_view text) {
    const mta::Author author{"Joe, \"Bloggs\"", {"joe", "here.example"}, {}};
    const auto header = mta::complete_header(text, author, "mail.here.example", Time{});
    if (!header) return;
    require(header->octets <= text.size());
    for (const auto* name : {"Date", "From", "Message-ID"}) require(mail::find_field(header->text, name).has_value());
    for (const auto* name : {"Bcc", "Resent-Bcc"}) require(!mail::find_field(header->text, name));
    const auto whole = header->text + std::string{text.substr(header->octets)};
    const auto again = mta::complete_header(whole, author, "mail.here.example", Time{});
    require(again && again->text + whole.substr(again->octets) == whole);

    mta::RecipientList list{"here.example"};
    (void)list.add_header(text.substr(0, header->octets));
    check_recipients(list);
}

void check_command_line(std::string_view text) {
    std::vector<std::string> arguments{"sendmail"};
    for (std::size_t end = 0; end != text.npos; text.remove_prefix(end == text.npos ? 0 : end + 1)) {
        end = text.find('\0');
        arguments.emplace_back(text.substr(0, end));
    }
    const auto call = mta::parse_sendmail_call(arguments);
    if (!call) return;
    require(call->envelope_id.empty() || smtp::check_envelope_id(call->envelope_id));
    for (const auto& option : call->long_options) require(option.starts_with("--"));
    mta::RecipientList list{"here.example"};
    for (const auto& recipient : call->recipients) (void)list.add_argument(recipient);
    check_recipients(list);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_header(text);
    check_command_line(text);
    return 0;
}

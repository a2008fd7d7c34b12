// SPDX-License-Identifier: ISC
#include "mta/sender.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::mta {

Result<mail::ReversePath> parse_sender(std::string_view text, std::string_view domain) {
    text = trim(text);
    if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
    if (text.empty() || iequals(text, "MAILER-DAEMON")) return mail::ReversePath{};
    auto mailbox = mail::parse_address(text);
    if (mailbox && mailbox->domain.empty()) mailbox = mail::parse_mailbox(fmt::format("{}@{}", text, domain));
    if (!mailbox) return failure({Fault::permanent, fmt::format("'{}' is no sender", text), ExitStatus::usage});
    return mail::ReversePath{std::move(*mailbox)};
}

}  // namespace mailpipe::mta

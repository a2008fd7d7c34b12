// SPDX-License-Identifier: ISC
#include "mail/dsn.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "mail/date.hpp"
#include "text/xtext.hpp"

namespace mailpipe::mail {

namespace {

constexpr std::string_view action_names[] = {"failed", "delayed", "delivered", "relayed", "expanded"};

/// Gathers fields; nothing that is in a value can end it.
class Fields {
public:
    explicit Fields(bool utf8) : utf8_(utf8) {}

    void add(std::string_view name, std::string_view type, std::string_view value) {
        if (value.empty()) return;
        text += name;
        text += ": ";
        if (!type.empty()) {
            add(type);
            text += "; ";
        }
        add(value);
        text += '\n';
    }
    void add(std::string_view name, const std::optional<Time>& time) {
        if (time) add(name, {}, format_date(*time));
    }

    std::string text;

private:
    void add(std::string_view foreign) {
        std::ranges::transform(foreign, std::back_inserter(text), [this](char c) {
            if (is_control(c)) return ' ';
            return is_ascii(c) || utf8_ ? c : '?';
        });
    }

    bool utf8_;
};

/// ENVID and ORCPT travel as xtext, and stand in a report without it: RFC 3461 section 6.3 (a) and (d). What would
/// come out as control characters stays encoded.
std::string decoded(std::string_view xtext) {
    auto text = text::xtext_decode(xtext);
    return text && std::ranges::none_of(*text, is_control) ? *text : std::string{xtext};
}

void add_original(Fields& fields, std::string_view original) {
    const auto semicolon = original.find(';');
    if (semicolon == std::string_view::npos) return;
    const auto type = original.substr(0, semicolon);
    const auto address = original.substr(semicolon + 1);
    // utf-8 addresses have an encoding of their own, which may stay: RFC 6533 section 3.
    fields.add("Original-Recipient", type, iequals(type, "utf-8") ? std::string{address} : decoded(address));
}

void add_recipient(Fields& fields, const DsnRecipient& recipient, std::string_view log_id) {
    fields.text += '\n';
    add_original(fields, recipient.original);
    fields.add("Final-Recipient", needs_utf8(recipient.mailbox) ? "utf-8" : "rfc822", to_string(recipient.mailbox));
    fields.add("Action", {}, to_string(recipient.action));
    fields.add("Status", {}, recipient.status);
    fields.add("Remote-MTA", "dns", recipient.remote_mta);
    fields.add("Diagnostic-Code", "smtp", recipient.diagnostic);
    fields.add("Last-Attempt-Date", recipient.last_attempt);
    fields.add("Final-Log-ID", {}, log_id);
    fields.add("Will-Retry-Until", recipient.retry_until);
}

}  // namespace

std::string_view to_string(DsnAction action) { return action_names[static_cast<std::size_t>(action)]; }

bool needs_utf8(const DeliveryStatus& status) {
    return std::ranges::any_of(status.recipients, [](const DsnRecipient& recipient) {
        return needs_utf8(recipient.mailbox) || !all_ascii(recipient.original);
    });
}

std::string format_delivery_status(const DeliveryStatus& status) {
    Fields fields{needs_utf8(status)};
    fields.add("Original-Envelope-Id", {}, decoded(status.envelope_id));
    fields.add("Reporting-MTA", "dns", status.reporting_mta);
    fields.add("Arrival-Date", status.arrival);
    for (const auto& recipient : status.recipients) add_recipient(fields, recipient, status.log_id);
    return std::move(fields.text);
}

}  // namespace mailpipe::mail

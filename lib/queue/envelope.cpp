// SPDX-License-Identifier: ISC
#include "queue/envelope.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::queue {

namespace {

constexpr std::string_view sender_field = "Return-Path: ";
constexpr std::string_view mail_field = "Mailpipe-Mail: ";
constexpr std::string_view recipient_field = "Delivered-To: ";
constexpr std::string_view rcpt_field = "Mailpipe-Rcpt: ";
constexpr std::string_view message_field = "Received:";

Error bad(std::string_view what) { return {Fault::permanent, fmt::format("envelope: {}", what)}; }

bool is_word(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return is_control(c) || c == ' '; });
}

bool is_line(std::string_view value) { return std::ranges::none_of(value, is_control); }

std::string parameter_text(const mail::Envelope& envelope) {
    std::string text;
    if (const auto what = to_string(envelope.dsn_return); !what.empty()) text.append(" RET=").append(what);
    if (!envelope.envelope_id.empty()) text += " ENVID=" + envelope.envelope_id;
    if (envelope.smtputf8) text += " SMTPUTF8";
    if (envelope.require_tls) text += " REQUIRETLS";
    return text;
}

std::string parameter_text(const mail::Recipient& recipient) {
    std::string text;
    if (recipient.notify.given()) text += " NOTIFY=" + to_string(recipient.notify);
    if (!recipient.original.empty()) text += " ORCPT=" + recipient.original;
    return text;
}

void append_field(std::string& out, std::string_view field, std::string_view value) {
    out += field;
    out += value;
    out += '\n';
}

/// Calls `take(name, value)` for each of "A=b C D=e"; false when one of them is refused.
template <typename Take>
bool each_parameter(std::string_view text, Take take) {
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        const auto equals = word.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{} : word.substr(equals + 1);
        if (!take(word.substr(0, equals), value)) return false;
    }
    return true;
}

bool parse_parameters(std::string_view text, mail::Envelope& envelope) {
    return each_parameter(text, [&](std::string_view name, std::string_view value) {
        if (name == "ENVID" && !value.empty() && is_word(value)) return envelope.envelope_id = value, true;
        if (name == "SMTPUTF8" && value.empty()) return envelope.smtputf8 = true;
        if (name == "REQUIRETLS" && value.empty()) return envelope.require_tls = true;
        const bool first = envelope.dsn_return == mail::Return::unspecified;
        const auto dsn_return = name == "RET" && first ? mail::parse_return(value) : std::nullopt;
        envelope.dsn_return = dsn_return.value_or(mail::Return::unspecified);
        return dsn_return.has_value();
    });
}

bool parse_parameters(std::string_view text, mail::Recipient& recipient) {
    return each_parameter(text, [&](std::string_view name, std::string_view value) {
        if (name == "ORCPT" && !value.empty() && is_word(value)) return recipient.original = value, true;
        const auto notify = name == "NOTIFY" && !recipient.notify.given() ? mail::parse_notify(value) : std::nullopt;
        recipient.notify = notify.value_or(mail::Notify{});
        return notify.has_value();
    });
}

Result<mail::ReversePath> parse_sender(std::string_view value) {
    if (value == "<>") return mail::ReversePath{};
    if (value.size() < 2 || value.front() != '<' || value.back() != '>') return failure(bad("Return-Path is no path"));
    auto mailbox = mail::parse_mailbox(value.substr(1, value.size() - 2));
    if (!mailbox) return failure(bad(mailbox.error().what));
    return mail::ReversePath{std::move(*mailbox)};
}

/// One line of the envelope after the first.
Result<void> parse_line(std::string_view line, mail::Envelope& envelope) {
    auto& recipients = envelope.recipients;
    if (line.starts_with(recipient_field)) {
        auto mailbox = mail::parse_mailbox(line.substr(recipient_field.size()));
        if (!mailbox) return failure(bad(mailbox.error().what));
        recipients.push_back({std::move(*mailbox)});
        return {};
    }
    const bool of_recipient = line.starts_with(rcpt_field) && !recipients.empty();
    const bool of_mail = line.starts_with(mail_field) && recipients.empty();
    if (of_recipient && parse_parameters(line.substr(rcpt_field.size()), recipients.back())) return {};
    if (of_mail && parse_parameters(line.substr(mail_field.size()), envelope)) return {};
    return failure(bad("a field that does not belong there"));
}

}  // namespace

Result<std::string> format_envelope(const mail::Envelope& envelope) {
    if (envelope.recipients.empty()) return failure(bad("no recipient"));
    const auto sender = envelope.sender ? mail::to_string(*envelope.sender) : std::string{};
    if (!is_line(sender)) return failure(bad("sender can't be stored"));
    if (!is_word(envelope.envelope_id)) return failure(bad("ENVID can't be stored"));

    std::string out;
    append_field(out, sender_field, fmt::format("<{}>", sender));
    if (const auto text = parameter_text(envelope); !text.empty()) append_field(out, mail_field, text.substr(1));
    for (const auto& recipient : envelope.recipients) {
        const auto address = mail::to_string(recipient.mailbox);
        if (!is_line(address) || !is_word(recipient.original)) return failure(bad("recipient can't be stored"));
        append_field(out, recipient_field, address);
        if (const auto text = parameter_text(recipient); !text.empty()) append_field(out, rcpt_field, text.substr(1));
    }
    return out;
}

Result<std::optional<StoredEnvelope>> parse_envelope(std::string_view head) {
    StoredEnvelope stored{};
    for (bool first = true;; first = false) {
        const auto rest = head.substr(stored.octets);
        if (rest.starts_with(message_field)) {
            if (stored.envelope.recipients.empty()) return failure(bad("no recipient"));
            return stored;
        }
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) return std::optional<StoredEnvelope>{};
        const auto line = rest.substr(0, end);
        stored.octets += end + 1;
        if (!first) {
            if (auto r = parse_line(line, stored.envelope); !r) return failure(r.error());
            continue;
        }
        if (!line.starts_with(sender_field)) return failure(bad("Return-Path does not come first"));
        auto sender = parse_sender(line.substr(sender_field.size()));
        if (!sender) return failure(sender.error());
        stored.envelope.sender = std::move(*sender);
    }
}

bool is_plain(const mail::Envelope& envelope) {
    if (envelope.recipients.size() != 1 || !parameter_text(envelope).empty()) return false;
    const auto& recipient = envelope.recipients.front();
    return !recipient.notify.given() && recipient.original.empty();
}

}  // namespace mailpipe::queue

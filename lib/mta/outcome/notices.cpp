// SPDX-License-Identifier: ISC
#include "mta/outcome/notices.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/unique_name.hpp"
#include "base/utf8.hpp"
#include "mail/date.hpp"
#include "mail/dsn.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mime/compose.hpp"
#include "mta/outcome/remote_reply.hpp"

namespace mailpipe::mta {

namespace {

using queue::Event;
using queue::RecipientState;

bool is_failed(const RecipientState& state) { return state.last && state.last->event == Event::failed; }

/// RFC 3461 section 5.2: who asked for what, and what is told unasked.
bool wants_notice(const NoticeRules& rules, const RecipientState& state, bool has_sender) {
    const auto& notify = state.recipient.notify;
    switch (state.last->event) {
        case Event::failed: return !has_sender || !notify.given() || notify.failure;
        case Event::delivered:
        case Event::relayed: return has_sender && notify.success;
        case Event::expanded: return has_sender && notify.success && state.last->text.find('\t') != std::string::npos;
        case Event::deferred: return has_sender && (notify.given() ? notify.delay : rules.delay_notice.count() > 0);
        case Event::notified:
        case Event::routed:
        case Event::tried: break;
    }
    return false;
}

/// Unix seconds.
std::int64_t delay_is_told_at(const NoticeRules& rules, const queue::Message& message) {
    const auto age = rules.delay_notice.count() > 0 ? rules.delay_notice : asked_delay_notice;
    return message.arrived() + age.count();
}

mail::DsnAction action_of(Event event) {
    switch (event) {
        case Event::delivered: return mail::DsnAction::delivered;
        case Event::relayed: return mail::DsnAction::relayed;
        case Event::expanded: return mail::DsnAction::expanded;
        case Event::deferred: return mail::DsnAction::delayed;
        case Event::failed:
        case Event::notified:
        case Event::routed:
        case Event::tried: break;
    }
    return mail::DsnAction::failed;
}

struct Wording {
    std::string_view subject, opening;
};

Wording wording(bool has_sender, bool any_failed, bool any_delayed) {
    if (!has_sender) {
        return {"Undeliverable report",
                "A report of this mail system to the sender of a message could not be delivered.\n"
                "You get it because you are this system's postmaster."};
    }
    if (any_failed) {
        return {"Undelivered mail returned to sender",
                "Your message could not be delivered to everyone. It will not be tried again for:"};
    }
    if (any_delayed) {
        return {"Delayed mail (still being tried)",
                "Your message could not be delivered yet. It need not be sent again:\n"
                "it will be tried further for:"};
    }
    return {"Delivered mail", "You asked to be told of your message's delivery:"};
}

std::string outcome_text(const queue::JournalLine& line, const RemoteReply& said) {
    auto text = said.host.empty() ? reply_text(line) : fmt::format("{}{}: {}", said.host, said.is_answer ? " said" : "", said.reply);
    const bool has_expired = line.event == Event::failed && line.code < 500 && !said.host.empty();
    if (has_expired) text += "\n    It was tried for as long as messages are kept.";
    return text;
}

std::string human_text(const NoticeRules& rules, const queue::Message& message, const std::vector<std::size_t>& recipients,
                       std::string_view opening) {
    auto text = fmt::format("This is the mail system of {}.\n\n{}\n", rules.hostname, opening);
    for (const auto number : recipients) {
        const auto& state = message.recipients()[number];
        text += fmt::format("\n  <{}>\n", mail::to_string(state.recipient.mailbox));
        if (state.alias_of != 0) {
            const auto& alias = message.recipients()[state.alias_of - 1];
            text += fmt::format("    (stands for <{}>)\n", mail::to_string(alias.recipient.mailbox));
        }
        if (state.last->event == Event::expanded) {
            text += "    was passed on to the members of a list\n";
            continue;
        }
        const auto said = remote_reply(*state.last);
        text += fmt::format("    {}: {}\n", to_string(action_of(state.last->event)), outcome_text(*state.last, said));
        if (state.last->event == Event::relayed) text += "    (that host makes no reports: this is the last that you hear of it)\n";
    }
    text += fmt::format("\nQuestions about this go to <{}>; please mention {}.\n", mail::to_string(rules.postmaster), message.name().id);
    return for_terminal(text);  // a host may say anything, and its words are shown to our users
}

mail::DeliveryStatus machine_text(const NoticeRules& rules, const queue::Message& message,
                                  const std::vector<std::size_t>& recipients) {
    const auto at = [](std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; };
    mail::DeliveryStatus status{rules.hostname, message.envelope().envelope_id, at(message.arrived()), message.name().id, {}};
    for (const auto number : recipients) {
        const auto& state = message.recipients()[number];
        const auto event = state.last->event;
        mail::DsnRecipient recipient{state.recipient.mailbox, state.recipient.original, action_of(event), state.last->enhanced};
        if (event != Event::expanded) {
            auto said = remote_reply(*state.last);
            recipient.diagnostic = std::move(said.reply);
            recipient.remote_mta = std::move(said.name);
        }
        recipient.last_attempt = at(state.last->time);
        if (event == Event::deferred) recipient.retry_until = at(message.arrived() + rules.schedule.lifetime.count());
        status.recipients.push_back(std::move(recipient));
    }
    return status;
}

struct Returned {
    std::string_view type, description;
    std::string text;
};

/// The message that it is about, or as much of it as the sender wants to see again.
Result<Returned> returned_message(queue::Message& message, bool any_failed) {
    const bool utf8 = message.envelope().smtputf8;
    // With REQUIRETLS: RFC 8689 section 5.
    const bool header_only = message.envelope().dsn_return == mail::Return::headers || message.envelope().require_tls;
    const auto octets = message.name().octets - message.begin();
    if (any_failed && !header_only && octets <= max_returned_octets) {
        std::string text(octets, '\0');
        for (std::size_t at = 0; at < octets;) {
            const auto n = message.read_at(message.begin() + at, text.data() + at, octets - at);
            if (!n) return failure(n.error());
            if (*n == 0) return failure({Fault::transient, "a spool file became shorter"});
            at += *n;
        }
        return Returned{utf8 ? "message/global" : "message/rfc822", "Undelivered message", std::move(text)};
    }
    const auto header = message.header(max_returned_header_octets);
    if (!header) return failure(header.error());
    return Returned{utf8 ? "message/global-headers" : "text/rfc822-headers", "Message header",
                    std::string{header->substr(0, max_returned_header_octets)}};
}

/// The original's Message-ID, where it is one that can be repeated.
std::string message_id_of(queue::Message& message) {
    constexpr std::size_t max_octets = 250;
    const auto header = message.header(max_returned_header_octets);
    const auto field = header ? mail::find_field(*header, "Message-ID") : std::nullopt;
    if (!field) return {};
    auto id = mail::unfold(field->value);
    const bool sound = id.size() <= max_octets && id.starts_with('<') && id.ends_with('>') &&
                       std::ranges::none_of(id, [](char c) { return is_control(c) || c == ' ' || !is_ascii(c); });
    return sound ? id : std::string{};
}

using FieldList = std::vector<std::pair<std::string, std::string>>;

FieldList header_fields(const NoticeRules& rules, queue::Message& message, const mail::Mailbox& to, std::string_view subject,
                        Time now) {
    FieldList fields{{"From", fmt::format("Mail Delivery System <{}>", mail::to_string(rules.postmaster))},
                     {"To", fmt::format("<{}>", mail::to_string(to))},
                     {"Subject", std::string{subject}},
                     {"Date", mail::format_date(now)},
                     {"Message-ID", mail::new_message_id(now, rules.hostname)},
                     {"Auto-Submitted", "auto-replied"}};
    if (const auto id = message_id_of(message); !id.empty()) {
        fields.emplace_back("In-Reply-To", id);
        fields.emplace_back("References", id);
    }
    return fields;
}

/// A new message of the spool. Returns its id.
Result<std::string> store(const NoticeRules& rules, const queue::Spool& spool, const mail::Envelope& envelope,
                          std::string_view text, Time now) {
    auto file = spool.begin(unique_name(now, rules.hostname), envelope);
    if (!file) return failure(file.error());
    const auto trace = fmt::format("Received: by {} (mailpipe) id {}\n\tfor <{}>; {}\n", rules.hostname, file->id(),
                                   mail::to_string(envelope.recipients.front().mailbox), mail::format_date(now));
    if (auto r = file->write(trace); !r) return failure(r.error());
    if (auto r = file->write(text); !r) return failure(r.error());
    if (auto r = file->commit(); !r) return failure(r.error());
    return file->id();
}

}  // namespace

std::vector<std::size_t> due_notices(const NoticeRules& rules, const queue::Message& message, std::int64_t now) {
    std::vector<std::size_t> due;
    const bool old = now >= delay_is_told_at(rules, message);
    for (std::size_t n = 0; n < message.recipients().size(); ++n) {
        const auto& state = message.recipients()[n];
        if (!state.last || !wants_notice(rules, state, message.envelope().sender.has_value())) continue;
        if (state.is_done() ? !state.told : old && !state.told_of_delay) due.push_back(n);
    }
    return due;
}

std::optional<std::int64_t> next_delay_notice(const NoticeRules& rules, const queue::Message& message, std::int64_t now) {
    const auto at = delay_is_told_at(rules, message);
    const bool has_sender = message.envelope().sender.has_value();
    const bool is_wanted = std::ranges::any_of(message.recipients(), [&](const RecipientState& state) {
        return state.last && !state.is_done() && !state.told_of_delay && wants_notice(rules, state, has_sender);
    });
    return is_wanted && at > now ? std::optional{at} : std::nullopt;
}

bool is_last_resort(const NoticeRules& rules, const queue::Message& message, const RecipientState& state) {
    if (message.envelope().sender) return false;
    const auto& original = state.alias_of == 0 ? state : message.recipients()[state.alias_of - 1];
    return iequals(original.recipient.mailbox.local_part, rules.postmaster.local_part) &&
           iequals(original.recipient.mailbox.domain, rules.postmaster.domain);
}

bool is_hopeless(const NoticeRules& rules, const queue::Message& message) {
    return std::ranges::any_of(message.recipients(), [&](const RecipientState& state) {
        return is_failed(state) && is_last_resort(rules, message, state);
    });
}

Result<std::string> write_notice(const NoticeRules& rules, const queue::Spool& spool, queue::Message& message,
                                 const std::vector<std::size_t>& recipients, Time now) {
    const auto any = [&](Event event) {
        return std::ranges::any_of(recipients, [&](auto n) { return message.recipients()[n].last->event == event; });
    };
    const auto& sender = message.envelope().sender;
    const auto to = sender ? *sender : rules.postmaster;
    const auto words = wording(sender.has_value(), any(Event::failed), any(Event::deferred));
    const auto status = machine_text(rules, message, recipients);
    const bool utf8 = needs_utf8(status);
    const auto returned = returned_message(message, any(Event::failed));
    if (!returned) return failure(returned.error());
    const auto notification = human_text(rules, message, recipients, words.opening);
    const auto report_text = format_delivery_status(status);

    const mime::Composition report{
        header_fields(rules, message, to, words.subject, now),
        "report",
        {{"report-type", "delivery-status"}},
        {{"text/plain; charset=utf-8", "Notification", notification},
         {utf8 ? "message/global-delivery-status" : "message/delivery-status", "Delivery report", report_text},
         {std::string{returned->type}, std::string{returned->description}, returned->text}}};
    const auto text = mime::compose(report, mime::new_boundary());
    if (!text) return failure(text.error());
    // What must not be read on its way must not be read on its way back: RFC 8689 section 5.
    const bool require_tls = message.envelope().require_tls;
    const mail::Envelope envelope{.smtputf8 = utf8 || mail::needs_utf8(to), .require_tls = require_tls, .recipients = {{to}}};
    return store(rules, spool, envelope, *text, now);
}

}  // namespace mailpipe::mta

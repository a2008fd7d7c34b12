// SPDX-License-Identifier: ISC
#include "mta/inbound/spooled_message.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/log.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mail/received.hpp"
#include "mail/trace.hpp"
#include "mta/piped_text.hpp"
#include "smtp/session.hpp"

namespace mailpipe::mta {

namespace {

/// True when every recipient already had this message (RFC 9228 section 4). One of several is left to deliver.
bool goes_in_circles(const mail::Envelope& envelope, const mail::Trace& trace) {
    return std::ranges::all_of(envelope.recipients, [&](const mail::Recipient& recipient) {
        return trace.delivered_to.contains(recipient.mailbox) || trace.delivering_to.contains(recipient.mailbox);
    });
}

std::string received(const Arrival& arrival) {
    const auto& client = arrival.client;
    const auto& recipients = arrival.envelope.recipients;
    const mail::Transport transport{.extended = client.esmtp,
                                    .tls = !client.tls.empty(),
                                    .authenticated = !client.login.empty(),
                                    .utf8 = arrival.envelope.smtputf8};
    mail::Received field{};
    field.helo = client.name;
    // Where a submission's user sits is nobody's business; the log has it.
    if (!arrival.is_submission) field.address = client.address;
    field.uid = client.uid;
    field.by = arrival.hostname;
    if (arrival.by_smtp) field.with = mail::with_protocol(transport);
    field.id = arrival.id;
    field.tls = client.tls;
    if (recipients.size() == 1) field.recipient = recipients[0].mailbox;
    field.time = arrival.time;
    return mail::received_field(field);
}

/// RFC 6409 section 8
std::string missing_fields(const Arrival& arrival, std::string_view header) {
    std::string fields;
    if (!mail::find_field(header, "Date")) fields += fmt::format("Date: {}\n", mail::format_date(arrival.time));
    if (!mail::find_field(header, "Message-ID")) {
        fields += fmt::format("Message-ID: {}\n", mail::new_message_id(arrival.time, arrival.hostname));
    }
    return fields;
}

void log_outcome(const Arrival& arrival, std::uint64_t octets, const smtp::Reply& reply) {
    LogLine line{reply.is_positive() ? "received" : "refused"};
    line.add("id", arrival.id);
    line.add("from", arrival.envelope.sender ? mail::to_string(*arrival.envelope.sender) : "<>");
    line.add("to", arrival.envelope.recipients.size()).add("size", octets);
    line.add("ip", arrival.client.address).add("helo", arrival.client.name);
    if (arrival.client.uid) line.add("uid", *arrival.client.uid);
    if (!arrival.client.tls.empty()) line.add("tls", arrival.client.tls);
    if (!arrival.client.login.empty()) line.add("login", arrival.client.login);
    if (!reply.is_positive()) line.add("reply", smtp::to_string(reply));
    line.write();
}

}  // namespace

Result<std::unique_ptr<smtp::Incoming>> SpooledMessage::open(const queue::Spool& spool, Arrival arrival) {
    auto file = spool.begin(arrival.id, arrival.envelope);
    if (!file) return failure(file.error());
    return std::unique_ptr<smtp::Incoming>(new SpooledMessage(std::move(*file), std::move(arrival)));
}

Result<void> SpooledMessage::write(std::string_view text) {
    if (refusal_) return {};
    if (!in_header_) return file_.write(text);

    const auto searched = header_.size();
    header_.append(text);
    const auto octets = mail::header_octets(header_, searched);
    if (octets.value_or(header_.size()) > mail::HeaderReader::max_octets) {
        refusal_ = smtp::Reply{552, "5.3.4", fmt::format("header of more than {} octets", mail::HeaderReader::max_octets)};
    } else if (octets) {
        return end_header(*octets);
    }
    return {};
}

/// The header is the first `octets` of header_; what stands behind it already belongs to the body.
Result<void> SpooledMessage::end_header(std::size_t octets) {
    in_header_ = false;
    const auto text = std::exchange(header_, {});
    const auto header = std::string_view{text}.substr(0, octets);
    const auto trace = mail::read_trace(header);
    if (trace.received >= arrival_.max_received || goes_in_circles(arrival_.envelope, trace)) {
        refusal_ = smtp::Reply{554, "5.4.6", "this message goes in circles"};
        return {};
    }
    if (auto r = file_.write(received(arrival_)); !r) return r;
    if (arrival_.is_submission) {
        if (auto r = file_.write(missing_fields(arrival_, header)); !r) return r;
    }
    return file_.write(mail::without_fields(text, "Return-Path"));
}

std::vector<smtp::Reply> SpooledMessage::commit() {
    Result<void> stored;
    if (in_header_) stored = end_header(header_.size());  // a message that is all header
    if (stored && !refusal_) stored = file_.commit();
    if (!stored) {
        LogLine{"error"}.add("id", arrival_.id).add("what", stored.error().what).write();
        refusal_ = smtp::temporary_refusal(stored.error());
    }
    const smtp::Reply reply = refusal_.value_or(smtp::Reply{250, "2.0.0", "queued as " + arrival_.id});
    log_outcome(arrival_, file_.octets(), reply);
    return {reply};
}

FilteredMessage::FilteredMessage(NewFile input, NewFile output, Filter filter, const queue::Spool& spool,
                                 Arrival arrival)
    : input_(std::move(input)),
      output_(std::move(output)),
      filter_(std::move(filter)),
      spool_(spool),
      arrival_(std::move(arrival)) {}

Result<std::unique_ptr<smtp::Incoming>> FilteredMessage::open(const queue::Spool& spool, Arrival arrival,
                                                              Filter filter) {
    auto input = spool.scratch(arrival.id + ".in");
    if (!input) return failure(input.error());
    auto output = spool.scratch(arrival.id + ".out");
    if (!output) return failure(output.error());
    return std::unique_ptr<smtp::Incoming>(
        new FilteredMessage(std::move(*input), std::move(*output), std::move(filter), spool, std::move(arrival)));
}

Result<void> FilteredMessage::write(std::string_view text) { return input_.write(text); }

/// What the filter wrote, as if a client had sent it.
Result<void> FilteredMessage::replay(std::uint64_t octets, smtp::Incoming& message) {
    PipedText text{output_.file(), octets};
    for (;;) {
        const auto piece = text.next();
        if (!piece) return failure(piece.error());
        if (piece->empty()) return {};
        if (auto r = message.write(*piece); !r) return r;
    }
}

std::vector<smtp::Reply> FilteredMessage::commit() {
    if (auto r = input_.flush(); !r) return {not_stored(r.error())};
    const auto octets = run_filter(filter_, input_.file(), output_.file());
    if (!octets) {
        log_outcome(arrival_, input_.size(), octets.error());
        return {octets.error()};
    }
    auto message = SpooledMessage::open(spool_, arrival_);
    if (!message) return {not_stored(message.error())};
    if (auto r = replay(*octets, **message); !r) return {not_stored(r.error())};
    return (*message)->commit();
}

smtp::Reply FilteredMessage::not_stored(const Error& error) const {
    LogLine{"error"}.add("id", arrival_.id).add("what", error.what).write();
    const auto reply = smtp::temporary_refusal(error);
    log_outcome(arrival_, input_.size(), reply);
    return reply;
}

}  // namespace mailpipe::mta

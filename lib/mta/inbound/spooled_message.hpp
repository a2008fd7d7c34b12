// SPDX-License-Identifier: ISC
// A message on its way from an SMTP session into the spool: its header is looked at, completed, and given a trace.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/new_file.hpp"
#include "mail/envelope.hpp"
#include "mta/inbound/filter.hpp"
#include "queue/spool.hpp"
#include "smtp/mailroom.hpp"

namespace mailpipe::mta {

/// What is known of a message when its first octet comes.
struct Arrival {
    std::string id;
    smtp::Client client;
    mail::Envelope envelope;
    std::string hostname;         ///< ours, for the trace and for a Message-ID
    bool by_smtp = true;          ///< else a program of this host writes straight into the spool
    bool is_submission = false;   ///< add a missing Date and Message-ID (RFC 6409 section 8), not tell the client's address
    std::uint64_t max_received = 100;
    Time time;
};

/// Writes straight into a new spool file. The header is held back until its end has come (at most
/// mail::HeaderReader::max_octets), and loses its Return-Path fields: that of the mailbox is ours (RFC 5321 section 4.4).
class SpooledMessage final : public smtp::Incoming {
public:
    static Result<std::unique_ptr<smtp::Incoming>> open(const queue::Spool& spool, Arrival arrival);

    Result<void> write(std::string_view text) override;
    std::vector<smtp::Reply> commit() override;

private:
    SpooledMessage(queue::NewMessage file, Arrival arrival) : file_(std::move(file)), arrival_(std::move(arrival)) {}
    Result<void> end_header(std::size_t octets);

    queue::NewMessage file_;
    Arrival arrival_;
    std::string header_;                 ///< what has come of it
    bool in_header_ = true;
    std::optional<smtp::Reply> refusal_; ///< for commit(): the rest is read and thrown away
};

/// Writes to a scratch file first; at the end a filter's output goes the way above.
class FilteredMessage final : public smtp::Incoming {
public:
    static Result<std::unique_ptr<smtp::Incoming>> open(const queue::Spool& spool, Arrival arrival, Filter filter);

    Result<void> write(std::string_view text) override;
    std::vector<smtp::Reply> commit() override;

private:
    FilteredMessage(NewFile input, NewFile output, Filter filter, const queue::Spool& spool, Arrival arrival);
    Result<void> replay(std::uint64_t octets, smtp::Incoming& message);
    smtp::Reply not_stored(const Error& error) const;

    NewFile input_;
    NewFile output_;
    Filter filter_;
    const queue::Spool& spool_;
    Arrival arrival_;
};

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// ENVELOPE: a message's header as a FETCH response gives it (RFC 3501 section 7.4.2, RFC 9051 section 7.5.2).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/address_list.hpp"
#include "mail/header.hpp"

namespace mailpipe::imap {

/// What it is made of. The fields' text has to live as long.
class Envelope {
public:
    enum Member { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id, members };

    /// The next field of the header. Of fields that should be one the first counts; destination fields are one list: RFC 5322
    /// section 4.5.3.
    void add(const mail::Field& field);

    /// The first field's value as it stands.
    std::optional<std::string_view> value(Member member) const { return values_[member]; }
    /// The first field's, of one that has addresses; null without one.
    const mail::AddressList* addresses(Member member) const;

    /// "(date subject from sender …)". Values are unfolded, their encoded-words as they stand.
    void append_to(std::string& out) const;

private:
    std::array<std::optional<std::string_view>, members> values_;
    std::array<std::vector<mail::AddressList>, members> lists_;
};

/// Appends the envelope of `header`, which may go on with a body, and begin with a mbox's "From " line.
void append_envelope(std::string& out, std::string_view header);

}  // namespace mailpipe::imap

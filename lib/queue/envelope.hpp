// SPDX-License-Identifier: ISC
// The envelope as header fields, at the beginning of a spool file. Manual: spool(5), ENVELOPE.
//
//     Return-Path: <sender>
//     Mailpipe-Mail: RET=FULL ENVID=xtext SMTPUTF8 REQUIRETLS     only where MAIL had such parameters
//     Delivered-To: recipient                          one for each
//     Mailpipe-Rcpt: NOTIFY=SUCCESS,DELAY ORCPT=rfc822;xtext
//     Received: …                                      here begins the message
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mail/envelope.hpp"

namespace mailpipe::queue {

/// Errors: permanent, when there is no recipient or a value has what no field can hold (blanks in ENVID, CR, LF, NUL).
Result<std::string> format_envelope(const mail::Envelope& envelope);

struct StoredEnvelope {
    mail::Envelope envelope;
    std::size_t octets;  ///< where the message begins
};

/// `head` is the beginning of a spool file. Nothing: the envelope goes on behind `head`.
/// Errors: permanent, for whatever format_envelope() does not write.
Result<std::optional<StoredEnvelope>> parse_envelope(std::string_view head);

/// One recipient and no parameters: a file with this envelope is what deliver would store.
bool is_plain(const mail::Envelope& envelope);

}  // namespace mailpipe::queue

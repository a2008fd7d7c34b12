// SPDX-License-Identifier: ISC
// The header that a message gets when it comes into a mailbox: RFC 5321 section 4.4, RFC 9228.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/envelope.hpp"

namespace mailpipe::mta {

/// What the first Return-Path field says; nothing where there is none, or none that can be read.
std::optional<mail::ReversePath> return_path(std::string_view header);

/// `header` (which may go on with the beginning of a body) without its Return-Path fields, below
/// "Return-Path: <sender>" (where the sender is known) and "Delivered-To: recipient" (unless that stands above the
/// first Received field already). A body that begins without an empty line gets one.
std::string delivery_header(std::string_view header, const std::optional<mail::ReversePath>& sender,
                            const mail::Mailbox& recipient);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// A message as people think of it, with fields and file names in UTF-8: written as MIME by mime/compose.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mime/sink.hpp"

namespace mailpipe::mime {

struct Attachment {
    std::string name;          ///< of the file, without its folder
    std::string type;          ///< "image/png"; as media_type() tells it
    std::string_view content;  ///< has to live until the draft is written: a MappedFile, which may be larger than memory
};

struct Draft {
    std::vector<std::pair<std::string, std::string>> fields;  ///< name and value, unfolded; Bcc stays, for sendmail -t
    std::string text;                                         ///< with LF or CRLF; empty beside attachments: none
    std::vector<Attachment> attachments;
};

/// Adds Date and Message-ID where they are missing. `host` is a domain.
void add_origin(Draft& draft, Time now, std::string_view host);

/// Writes the draft with LF line ends. To and its kin are lists of addresses, Date is written as RFC 5322 section 3.3 has it;
/// what identifies (Message-ID, References …) stays as it is; every other value is text. The text goes as 7bit or in the
/// shorter encoding, attachments as Transfer::file, message/* as Transfer::unencoded (RFC 2046 section 5.2.1), or as octets
/// where its lines can't stand in a message. `boundary`: see write_message(). Errors: permanent, before anything is written,
/// naming the field or file: a line end or NUL in a value, other controls or other than ASCII where they can't be encoded, no
/// address or date where there must be one, a line of over 998 octets that can't be folded, a field of MIME's own or a second
/// one where one may stand, several authors without Sender, what is not UTF-8.
Result<void> write_draft(const Draft& draft, const std::string& boundary, const Sink& sink);

}  // namespace mailpipe::mime

// SPDX-License-Identifier: ISC
// What a section of BODY[…] stands for (RFC 3501 section 6.4.5, RFC 9051 section 6.4.5.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "imap/grammar/section.hpp"
#include "mime/sink.hpp"
#include "mime/structure.hpp"

namespace mailpipe::imap {

/// A piece of the message, or a header that was made of some of its fields. Line ends are the message's.
using SectionText = std::variant<std::string_view, std::string>;

/// True where `section` is about a part, for which the message's structure has to be known.
bool needs_structure(const Section& section);

/// Nothing where the message has no such part, where HEADER and TEXT are asked of a part that is no message, or MIME of
/// the message itself. `structure` may be without parts where none is needed. The header goes up to the body, a mbox's
/// "From " line before it included: HEADER and TEXT are the whole. Some of its fields come as they stand, in their order,
/// and the empty line behind them, unless there is neither that line nor a body.
std::optional<SectionText> find_section(std::string_view message, const mime::Structure& structure, const Section& section);

/// Gives `sink` the section as a literal (write_literal()), or NIL where there is none.
void write_section(std::string_view message, const mime::Structure& structure, const Section& section,
                   const std::optional<Partial>& partial, const mime::Sink& sink);

}  // namespace mailpipe::imap

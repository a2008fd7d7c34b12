// SPDX-License-Identifier: ISC
// Sections as they are written: section, section-binary and partial of RFC 9051 section 9.
#pragma once

#include <optional>
#include <string>

#include "imap/grammar/arguments.hpp"
#include "imap/grammar/section.hpp"

namespace mailpipe::imap {

/// [section-spec], what stands between the brackets: "1.2.HEADER.FIELDS (From To)", "TEXT", "1", nothing.
Section take_section_spec(Arguments& in);
/// "[" [section-spec] "]"
Section take_section(Arguments& in);
/// "[" [section-part] "]"
Section take_binary_section(Arguments& in);
/// ["<" number64 "." nz-number64 ">"]
std::optional<Partial> take_partial(Arguments& in);

/// "[1.2.MIME]", as responses repeat it.
void append_section(std::string& out, const Section& section);

}  // namespace mailpipe::imap

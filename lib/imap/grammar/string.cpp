// SPDX-License-Identifier: ISC
#include "imap/grammar/string.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::imap {

namespace {

/// TEXT-CHAR of RFC 3501 section 9.
bool may_be_quoted(char c) { return is_ascii(c) && c != '\r' && c != '\n' && c != '\0'; }

void append_literal(std::string& out, std::string_view text) {
    out.append("{").append(std::to_string(text.size())).append("}\r\n").append(text);
    std::replace(out.end() - static_cast<std::ptrdiff_t>(text.size()), out.end(), '\0', '?');
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
    const bool is_quoted = text.size() <= max_quoted_octets && std::ranges::all_of(text, may_be_quoted);
    if (is_quoted) out += text::in_quotes(text);
    else append_literal(out, text);
}

void append_nstring(std::string& out, const std::optional<std::string>& text) {
    if (text) append_string(out, *text);
    else out += "NIL";
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
// What announces a literal: RFC 9051 section 4.3, RFC 7888, and literal8 of RFC 3516 section 7.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "text/cursor.hpp"

namespace mailpipe::imap {

struct Literal {
    std::uint64_t octets = 0;
    bool is_sync = true;     ///< the client waits for "+"; not so behind "{5+}"
    bool is_binary = false;  ///< "~{5}": NULs may be in it

    bool operator==(const Literal&) const = default;
};

/// The literal that a line, without its CRLF, announces at its end; whatever stands before it: its octets come, and they
/// are no command. Errors: permanent, for more octets than 63 bits can tell: nobody knows then where the next command begins.
Result<std::optional<Literal>> trailing_literal(std::string_view line);

/// Takes a literal that stands in a buffer, "{5}" CRLF and its octets, and returns those. Nothing, and nothing is taken,
/// where there is none, it is cut off, or there is a NUL in one that is not binary.
std::optional<std::string_view> take_literal(text::Cursor& cursor);

}  // namespace mailpipe::imap

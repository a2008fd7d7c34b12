// SPDX-License-Identifier: ISC
// encoded-words in header values: RFC 2047, with the charset*language of RFC 2231 section 5.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::text {

/// A field's value, unfolded, with its encoded-words in UTF-8. Blanks between two of them go (RFC 2047 section 6.2), and
/// the octets of neighbours in one charset are put together first: real mail breaks characters in two. What only looks
/// like an encoded-word, and 8-bit text outside of them, stays as it is, made UTF-8 by to_utf8().
std::string decode_words(std::string_view value);

}  // namespace mailpipe::text

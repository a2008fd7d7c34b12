// SPDX-License-Identifier: ISC
// encoded-words in header values: RFC 2047, with the charset*language of RFC 2231 section 5.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::text {

/// A field's value, folded or not, with its encoded-words in UTF-8. Blanks between two of them go (RFC 2047 section 6.2), and
/// the octets of neighbours in one charset are put together first: real mail breaks characters in two. What only looks
/// like an encoded-word, and 8-bit text outside of them, stays as it is, made UTF-8 by to_utf8().
std::string decode_words(std::string_view value);
/// The same of a phrase taken out of its quotes, whose blanks at both ends are its own.
std::string decode_phrase(std::string_view phrase);

/// How many octets the encoded-word has that `text` begins with, 0 where there is none. Looks no further than
/// max_encoded_word_octets (RFC 2047 section 2 has 75; mailers write longer ones).
std::size_t encoded_word_octets(std::string_view text);
constexpr std::size_t max_encoded_word_octets = 1000;

/// The other way: an unstructured value (RFC 2047 section 5: only that and display names may have encoded-words), folded
/// with LF. `text` is UTF-8; octets that are none become what to_utf8() makes of them. Words with
/// other than ASCII, with controls, or that would be read as encoded-words are encoded, in "q" or "b", whichever is
/// shorter; no character is split. Lines have 76 octets at most, but for a longer plain word; `column` is how many stand
/// before the value.
std::string encode_words(std::string_view text, std::size_t column);

/// The same for a display name (phrase): all of it is encoded.
std::string encode_phrase(std::string_view text, std::size_t column);

}  // namespace mailpipe::text

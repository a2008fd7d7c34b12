// SPDX-License-Identifier: ISC
// i;unicode-casemap, the collation of IMAP's SEARCH, SORT and THREAD: RFC 5051.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::text {

/// Appends the "titlecased canonicalized" form of RFC 5051 section 2: what is equal there is equal to the octet, what is a
/// part of it there is a part of it, and its octets have its order. Hangul is decomposed as NFKD has it. An octet that is not
/// UTF-8 is read as windows-1252, as to_utf8() does (departs from step (1)(b), by which the text would be mapped no more).
void append_casemapped(std::string& key, std::string_view text);
std::string casemapped(std::string_view text);

/// Of the character at the front, taken off. Precondition: `text` is not empty.
void take_casemapped(std::string& key, std::string_view& text);

}  // namespace mailpipe::text

// SPDX-License-Identifier: ISC
// Values with commas between: Keywords (RFC 5322 section 3.6.5); Content-Language has the same shape.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailpipe::mail {

/// Of one field; more of them are left out.
constexpr std::size_t max_phrases = 1000;

/// The phrases in UTF-8, encoded-words decoded, without quotes and comments, one blank between words; none is empty.
std::vector<std::string> parse_phrase_list(std::string_view value);

}  // namespace mailpipe::mail

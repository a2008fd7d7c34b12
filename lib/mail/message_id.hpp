// SPDX-License-Identifier: ISC
// Message identifiers: msg-id of RFC 5322 section 3.6.4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace mailpipe::mail {

/// "<time.random@host>", with brackets. Nobody can tell from it how many were made. `host` is a domain.
std::string new_message_id(Time time, std::string_view host);

/// Of one field; more of them are left out.
constexpr std::size_t max_message_ids = 1000;

/// The identifiers in the value of Message-ID, In-Reply-To or References, in their order, without brackets, folds, comments
/// and blanks, and without quotes where none are needed: the same one is the same text (RFC 5322 section 4.5.4).
/// Phrases between them are ignored; where nothing stands in brackets, words with an '@', or a lone word, count.
std::vector<std::string> parse_message_ids(std::string_view value);

/// The value of such a field with a blank wherever two identifiers stand side by side: there it can be folded.
std::string with_blanks_between(std::string_view value);

}  // namespace mailpipe::mail

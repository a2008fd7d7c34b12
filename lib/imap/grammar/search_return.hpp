// SPDX-License-Identifier: ISC
// search-return-opts of RFC 9051 section 9.
#pragma once

#include "imap/grammar/arguments.hpp"
#include "imap/grammar/search.hpp"

namespace mailpipe::imap {

/// ["RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" SP]. Fails for unknown options, and for ALL together with
/// PARTIAL (RFC 9394 section 3.1).
SearchReturn take_search_return(Arguments& in);

}  // namespace mailpipe::imap

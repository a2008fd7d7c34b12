// SPDX-License-Identifier: ISC
// What a part is called: the part specifier of IMAP (RFC 3501 section 6.4.5).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::mime {

/// "1", "2.1.3"; empty for a multipart that is a whole message's body: it has no number of its own. A message that is no
/// multipart has its one part 1.
std::string part_number(const Structure& structure, std::size_t part);

/// Nothing where there is no such part.
std::optional<std::size_t> find_part(const Structure& structure, std::string_view number);

}  // namespace mailpipe::mime

// SPDX-License-Identifier: ISC
// One part of a message, as a program wants it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mime/sink.hpp"
#include "mime/structure.hpp"

namespace mailpipe::view {

struct PartRequest {
    std::string number;   ///< mime::find_part()
    bool is_raw = false;  ///< its transfer encoding is not undone
    std::string charset;  ///< the one that text is wanted in; empty: its own
};

/// The part's body, decoded; a multipart, and a message in the message, as they stand. Memory does not grow with it, but for
/// text in another charset. Errors: permanent, where there is no such part or nobody knows the charset.
Result<void> write_part(std::string_view message, const mime::Structure& structure, const PartRequest& request, const mime::Sink& out);

/// The part's octets, decoded piece by piece.
void write_decoded(std::string_view message, const mime::Part& part, const mime::Sink& out);

}  // namespace mailpipe::view

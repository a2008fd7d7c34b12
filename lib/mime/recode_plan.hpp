// SPDX-License-Identifier: ISC
// What has to change in a message that is re-encoded, found out before the first octet goes out: a multipart's header
// tells what its parts hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/content_type.hpp"
#include "mime/encoder.hpp"
#include "mime/recode.hpp"
#include "mime/structure.hpp"

namespace mailpipe::mime {

/// From one encoding into another one.
struct Transcoding {
    TransferEncoding from;
    TransferEncoding to;
    Lines lines;                ///< of the content
    std::string_view line_end;  ///< of what comes out
};

/// One place that changes, or where something is put in.
struct Edit {
    Range range;                         ///< goes
    std::string text;                    ///< comes, if it is no body
    std::optional<Transcoding> body{};   ///< how the range comes back
};

struct Plan {
    std::vector<Edit> edits;  ///< in the message's order, none in another one
    std::vector<Kept> kept;
    bool is_signed = false;  ///< has a DKIM-Signature
};

Plan plan_7bit(std::string_view message);
Plan plan_8bit(std::string_view message);

}  // namespace mailpipe::mime

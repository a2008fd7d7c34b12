// SPDX-License-Identifier: ISC
// Which parts a person wants to see, and how.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mime/structure.hpp"

namespace mailpipe::view {

enum class Showing : std::uint8_t {
    nothing,  ///< a multipart, or an alternative that another one is better than
    text,     ///< what it says
    line,     ///< that it is there
    message,  ///< the same, and then the message's own header and parts
};

/// For each part, in their order.
std::vector<Showing> choose_parts(std::string_view message, const mime::Structure& structure);

}  // namespace mailpipe::view

// SPDX-License-Identifier: ISC
// A body encoded at once, with LF.
#pragma once

#include <string>
#include <string_view>

#include "mime/encoder.hpp"

namespace mailpipe::mime {

inline std::string encoded(std::string_view content, TransferEncoding encoding, Lines lines) {
    std::string out;
    Encoder encoder{encoding, lines};
    encoder.encode(content, out);
    encoder.finish(out);
    return out;
}

}  // namespace mailpipe::mime

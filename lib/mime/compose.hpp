// SPDX-License-Identifier: ISC
// Multipart messages that we write ourselves: delivery reports, automatic replies (RFC 2045, RFC 2046).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::mime {

/// A part with its text as it stands, with LF line ends: 7bit, or 8bit where it has to be.
struct ComposedPart {
    std::string type;         ///< as in Content-Type: "text/plain; charset=utf-8"
    std::string description;  ///< Content-Description; empty: none
    std::string body;
};

struct Composition {
    std::vector<std::pair<std::string, std::string>> fields;  ///< name and value; MIME-Version and Content-Type are added
    std::string subtype;                                      ///< of multipart/: "report"
    std::vector<std::pair<std::string, std::string>> parameters;  ///< of Content-Type, beside the boundary
    std::vector<ComposedPart> parts;
};

/// The message, with LF line ends. `boundary` must be one that nobody can guess: random octets in letters.
/// Errors: permanent for names and values with CR, LF or NUL, and for a boundary that a part contains.
Result<std::string> compose(const Composition& composition, const std::string& boundary);

}  // namespace mailpipe::mime

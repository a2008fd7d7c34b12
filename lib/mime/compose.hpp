// SPDX-License-Identifier: ISC
// Messages that we write ourselves: delivery reports, automatic replies, what people send (RFC 2045, RFC 2046).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "mime/sink.hpp"

namespace mailpipe::mime {

/// How a part's body may be changed on its way.
enum class Transfer : std::uint8_t {
    unencoded,  ///< 7bit, or 8bit where it has to be. CRLF goes as LF, unless a CR or LF stands alone
    text,       ///< lines: 7bit where it is that; else quoted-printable or base64, whichever is shorter
    file,       ///< the same for text/* with LF line ends, all else base64. Every octet comes back: departs from RFC 2045
                ///< section 6.8, which wants CRLF in base64 of text
};

/// A part with its text, which has LF or CRLF line ends, and which has to live until the message is written.
struct ComposedPart {
    std::string type;         ///< as in Content-Type: "text/plain; charset=utf-8"
    std::string description;  ///< Content-Description, in UTF-8; empty: none
    std::string_view body;
    Transfer transfer = Transfer::unencoded;
    std::string file_name{};  ///< in UTF-8; not empty: it is an attachment
};

struct Composition {
    /// Name and value, which may be folded; if it is not, it is folded at blanks. MIME-Version and Content-* are added.
    std::vector<std::pair<std::string, std::string>> fields;
    std::string subtype;  ///< of multipart/: "report"; empty: the one part is all of the message
    std::vector<std::pair<std::string, std::string>> parameters;  ///< of Content-Type, beside the boundary
    std::vector<ComposedPart> parts;
};

/// A boundary that nobody can guess, and that comes in no encoded body.
std::string new_boundary();

/// Writes the message, with LF line ends. `boundary` as new_boundary() makes it. Errors: permanent, before anything is
/// written, with what is at fault: names and values with control characters (tabs, and a folded value's line ends aside), a
/// line of more than 998 octets in a header (RFC 5322 section 2.1.1), a boundary that comes in a part.
Result<void> write_message(const Composition& composition, const std::string& boundary, const Sink& sink);

/// The same as a string.
Result<std::string> compose(const Composition& composition, const std::string& boundary);

}  // namespace mailpipe::mime

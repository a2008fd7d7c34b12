// SPDX-License-Identifier: ISC
// The values of Content-Type, Content-Transfer-Encoding and Content-Disposition (RFC 2045, RFC 2183).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mime/parameters.hpp"

namespace mailpipe::mime {

struct Part;

struct ContentType {
    std::string type;     ///< in lower case
    std::string subtype;
    Parameters parameters;
    bool is_valid = true;  ///< nothing had to be guessed

    /// "type/subtype"
    std::string name() const { return type + '/' + subtype; }
    /// With a header and a body of its own: RFC 2046 section 5.2.1, RFC 6532 section 3.7.
    bool is_message() const { return type == "message" && (subtype == "rfc822" || subtype == "global"); }
    /// A parameter's value, null where there is none; `name` in lower case.
    const std::string* parameter(std::string_view name) const;
};

/// `value` as it stands in the field. What is no type "/" subtype is text/plain (RFC 2045 section 5.2).
ContentType parse_content_type(std::string_view value);
/// The part's; without the field text/plain in US-ASCII, in a digest message/rfc822.
ContentType content_type(std::string_view message, const Part& part);

/// The same without parameters, where they do not matter.
ContentType media_type(std::string_view message, const Part& part);

enum class TransferEncoding : std::uint8_t { seven_bit, eight_bit, binary, quoted_printable, base64, uuencode, unknown };

/// The value of Content-Type or Content-Disposition from its first ';' on; empty without one.
std::string_view parameters_text(std::string_view value);

/// Nothing to decode.
bool is_identity(TransferEncoding encoding);
/// As it is written; `encoding` is known.
std::string_view to_string(TransferEncoding encoding);
TransferEncoding parse_transfer_encoding(std::string_view value);
/// Of such a value the token, in lower case, without comments; empty where there is none.
std::string encoding_token(std::string_view value);
TransferEncoding transfer_encoding(std::string_view message, const Part& part);

struct Disposition {
    std::string type;  ///< "inline", "attachment" …; empty where there is no such field
    Parameters parameters;
};
Disposition parse_disposition(std::string_view value);
Disposition disposition(std::string_view message, const Part& part);
/// The same without parameters.
std::string disposition_type(std::string_view message, const Part& part);

}  // namespace mailpipe::mime

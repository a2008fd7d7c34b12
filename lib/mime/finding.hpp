// SPDX-License-Identifier: ISC
// What a lenient reading had to overlook: what two readers see differently is how attachments slip past scanners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailpipe::mime {

enum class Leniency : std::uint8_t {
    boundary_missing,         ///< a multipart without the parameter
    boundary_too_long,        ///< more than 70 characters
    delimiter_missing,        ///< a multipart in which its boundary never comes
    close_delimiter_missing,  ///< the message, or an outer part, ends first
    delimiter_goes_on,        ///< text behind the boundary in its line
    delimiter_after_close,    ///< in the epilogue
    delimiters_nested_alike,  ///< an outer boundary is the inner one, or its beginning
    delimiter_in_header,      ///< no empty line, no body
    empty_line_missing,       ///< a line that is no field ends the header
    field_name_not_ascii,
    blank_before_colon,       ///< "Subject : x"
    field_twice,              ///< Content-Type and its kin more than once
    type_malformed,
    encoding_unknown,
    encoding_of_composite,    ///< base64 or quoted-printable around a multipart or a message
    too_deep,                 ///< Limits::depth
    too_many_parts,           ///< Limits::parts
    too_many_fields,          ///< Limits::fields
    field_too_long,           ///< Limits::field_octets
    mbox_line,                ///< "From " before the header
};

/// One of them, and where.
struct Finding {
    Leniency leniency;
    std::size_t offset;  ///< in the message
};

/// What is known of each kind.
struct Explanation {
    std::string_view code;    ///< "boundary-missing": for scripts
    std::string_view section; ///< of the RFC that is broken; empty for a limit of ours
    bool is_ambiguous;        ///< two readers may see other parts, names or content
    std::string_view text;    ///< what is wrong
    std::string_view strict;  ///< what a strict reader sees instead
};
const Explanation& explain(Leniency leniency);

}  // namespace mailpipe::mime

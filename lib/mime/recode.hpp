// SPDX-License-Identifier: ISC
// A message in other Content-Transfer-Encodings: for a hop that takes 7 bits only (RFC 6152 section 3), and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/sink.hpp"

namespace mailpipe::mime {

/// Why something stayed that should have changed.
enum class Reason : std::uint8_t {
    sealed,              ///< in a multipart/signed or multipart/encrypted, or PKCS#7: a change would break it
    composite,           ///< a multipart or message that can't be opened: it may not be encoded (RFC 2045 section 6.4)
    encoded_composite,   ///< in a multipart that says it is base64 or quoted-printable
    header,              ///< what is in the header's fields: no transfer encoding changes that
    outside,             ///< before, between and behind the parts of a multipart, those beyond Limits::parts too
    encoding_unknown,    ///< or uuencode
    damaged,             ///< the body is not in the encoding that it names
    header_ambiguous,    ///< the header has no end, too many fields, one twice that may be once, or a name not in ASCII
    no_lines,            ///< a NUL, a CR or LF that ends no line, over 998 octets in a line, or a message's last line without end
    delimiter,           ///< decoded it would have a line in it that ends the part
};

struct Kept {
    std::string part;  ///< its number, as part_number() has it
    Reason reason;
    bool operator==(const Kept&) const = default;
};

struct Recoding {
    std::vector<Kept> kept;         ///< in the order of the parts
    bool is_changed = false;
    bool breaks_signature = false;  ///< it is, and has a DKIM-Signature
};

/// What a reason means, in one line for people.
std::string_view explain(Reason reason);

// Both write the whole message to `sink`. Every octet outside of the changed bodies and their Content-Transfer-Encoding
// stays; a field that is missing goes to the header's end, with MIME-Version where that is missing too. New lines end as
// those of the part's header do. The content of each part stays the same on the wire; memory does not grow with a part.

/// Leaves no octet above 127, no NUL, no CR or LF alone and no line of over 998 octets, but in what is kept. A body that
/// has some is encoded in quoted-printable or base64, whichever is shorter; parts that say more than 7bit without need say
/// 7bit then.
Recoding to_7bit(std::string_view message, const Sink& sink);

/// Decodes the text/* parts in quoted-printable and base64 that can be lines of text. What is no text, and not encoded,
/// stays and is not told.
Recoding to_8bit(std::string_view message, const Sink& sink);

}  // namespace mailpipe::mime

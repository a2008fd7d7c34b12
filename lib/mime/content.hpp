// SPDX-License-Identifier: ISC
// The content of a body, a piece at a time, as it is on the wire: where each line ends in CRLF.
#pragma once

#include <string>
#include <string_view>

#include "mime/content_type.hpp"
#include "mime/sink.hpp"

namespace mailpipe::mime {

/// Text as it is on the wire, from piece to piece (RFC 2045 section 6.8: text is encoded so).
class WireText {
public:
    /// Appends `piece`, each LF without a CR before it as CRLF.
    void append(std::string_view piece, std::string& out);

private:
    bool follows_cr_ = false;
};

/// What `body` holds. With no encoding that is the body as it stands; quoted-printable is decoded with its line ends as
/// CRLF, so that none of them is taken for a LF that was encoded. False: Decoder had to overlook something.
bool read_content(std::string_view body, TransferEncoding encoding, const Sink& sink);

}  // namespace mailpipe::mime

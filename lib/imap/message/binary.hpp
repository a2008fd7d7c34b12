// SPDX-License-Identifier: ISC
// BINARY[…] and BINARY.SIZE[…]: a part's content, its transfer encoding undone (RFC 3516, RFC 9051 section 6.4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "imap/grammar/section.hpp"
#include "mime/content_type.hpp"
#include "mime/sink.hpp"
#include "mime/structure.hpp"

namespace mailpipe::imap {

struct BinaryPart {
    std::string_view body;  ///< as it stands in the message
    mime::TransferEncoding encoding = mime::TransferEncoding::binary;
    bool is_text = false;   ///< encoded, and each line ends in CRLF, whatever was encoded (RFC 9051 section 7.5.2)

    /// False: the command fails with NO [UNKNOWN-CTE].
    bool can_be_decoded() const { return encoding != mime::TransferEncoding::unknown; }
};

/// Nothing where there is no such part. What has no encoding of its own comes as it stands, lines in CRLF: the whole
/// message (`part` empty, `structure` not looked at), multiparts, messages, for which no client should ask.
std::optional<BinaryPart> find_binary(std::string_view message, const mime::Structure& structure, std::string_view part);

/// Octets of the decoded content. Reads all of it. Precondition for both: it can be decoded.
std::uint64_t binary_size(const BinaryPart& part);

/// Gives `sink` the content, or `partial` of it, as a literal, with a NUL in it as literal8, "~{n}". Content is decoded
/// twice up to the partial's end, so that memory does not grow with it.
void write_binary(const BinaryPart& part, const std::optional<Partial>& partial, const mime::Sink& sink);

}  // namespace mailpipe::imap

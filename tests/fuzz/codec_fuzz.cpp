// SPDX-License-Identifier: ISC
// Decoding in pieces is decoding the whole; what was encoded, in whatever pieces, comes back, in lines that can be sent.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "mime/decoder.hpp"
#include "mime/encoder.hpp"
#include "mime/survey.hpp"
#include "support/encoded.hpp"

using namespace mailpipe::mime;

namespace {

template <typename Codec>
std::string in_pieces(Codec codec, void (Codec::*take)(std::string_view, std::string&), std::string_view text, std::size_t size) {
    std::string out;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) (codec.*take)(text.substr(0, size), out);
    codec.finish(out);
    return out;
}

void require_sendable(std::string_view body) {
    require(survey(body, Lines::any).kind() == TransferEncoding::seven_bit);
    while (!body.empty()) {
        const auto line = body.substr(0, body.find('\n'));
        require(line.size() <= 76 && !line.starts_with("--") && !line.starts_with("From ") && line != ".");
        require(!line.ends_with(' ') && !line.ends_with('\t'));
        body.remove_prefix(std::min(line.size() + 1, body.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = data[0] % 16 + 1;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable, TransferEncoding::uuencode}) {
        require(in_pieces(Decoder{encoding}, &Decoder::decode, text, piece) == decoded(text, encoding));
    }
    for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable}) {
        for (const auto lines : {Lines::any, Lines::crlf, Lines::none}) {
            const auto body = encoded(text, encoding, lines);
            require_sendable(body);
            require(in_pieces(Encoder{encoding, lines}, &Encoder::encode, text, piece) == body);
            if (lines == Lines::none) require(decoded(body, encoding) == text);
        }
        std::string on_the_wire;
        WireText{}.append(encoded(text, encoding, Lines::crlf), on_the_wire);
        require(decoded(on_the_wire, encoding) == text);
    }
    return 0;
}

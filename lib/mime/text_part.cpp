// SPDX-License-Identifier: ISC
#include "mime/text_part.hpp"

#include "mime/content_type.hpp"
#include "mime/decoder.hpp"
#include "text/charset.hpp"

namespace mailpipe::mime {

namespace {

std::string with_lf(std::string text) {
    std::size_t out = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_crlf = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
        if (!is_crlf) text[out++] = text[at];
    }
    text.resize(out);
    return text;
}

}  // namespace

std::string text_of(std::string_view message, const Part& part) {
    const auto type = content_type(message, part);
    const auto* charset = type.parameter("charset");
    const auto octets = decoded(part.body.of(message), transfer_encoding(message, part));
    auto text = text::to_utf8(octets, charset == nullptr ? "us-ascii" : *charset);
    return text.find('\r') == text.npos ? text : with_lf(std::move(text));
}

}  // namespace mailpipe::mime

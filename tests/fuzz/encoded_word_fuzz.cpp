// SPDX-License-Identifier: ISC
// Whatever a header's value and its charsets are, what comes out is UTF-8, and what is written of it is read back; so are
// parameters.
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "mime/content_type.hpp"
#include "text/charset.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view value{reinterpret_cast<const char*>(data), size};
    const auto text = text::decode_words(value);
    require(is_utf8(text));
    require(text::decode_words(text::encode_words(text, size % 80)) == trim(text));
    const auto bar = value.find('|');
    if (bar != std::string_view::npos) require(is_utf8(text::to_utf8(value.substr(bar + 1), value.substr(0, bar))));
    for (const auto& parameter : mime::parse_content_type(value).parameters.all) require(!parameter.name.empty());
    return 0;
}

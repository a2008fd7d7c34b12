// SPDX-License-Identifier: ISC
// Whatever a header's value and its charsets are, what comes out is UTF-8; so are parameters.
#include <cstdint>

#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "mime/content_type.hpp"
#include "text/charset.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view value{reinterpret_cast<const char*>(data), size};
    require(is_utf8(text::decode_words(value)));
    const auto bar = value.find('|');
    if (bar != std::string_view::npos) require(is_utf8(text::to_utf8(value.substr(bar + 1), value.substr(0, bar))));
    for (const auto& parameter : mime::parse_content_type(value).parameters.all) require(!parameter.name.empty());
    return 0;
}

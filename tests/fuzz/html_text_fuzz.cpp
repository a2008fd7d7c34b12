// SPDX-License-Identifier: ISC
// Whatever is taken for HTML, what comes out is UTF-8 without controls, without floods of empty lines, and not much longer.
#include <algorithm>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "html/text.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view html{reinterpret_cast<const char*>(data), size};
    const auto text = html::to_text(html);
    require(is_utf8(text));
    require(std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\n'; }));
    require(for_terminal(text) == text);  // C1 too
    require(text.find("\n\n\n") == std::string::npos && !text.starts_with('\n'));
    require(text.empty() || (text.ends_with('\n') && !text.ends_with("\n\n")));
    require(text.find(" \n") == std::string::npos);
    require(text.size() <= 32 * size + 64);
    return 0;
}

// SPDX-License-Identifier: ISC
// Text flows and is wrapped without the loss of a character but blanks and quote marks, within the width but for words that
// are longer; and what is wrapped stays.
#include <cstdint>
#include <string>

#include "base/ascii.hpp"
#include "fuzz/require.hpp"
#include "text/columns.hpp"
#include "text/flowed.hpp"
#include "text/wrap.hpp"

using namespace mailpipe;

namespace {

bool is_loose(char c) { return is_blank(c) || c == '\r' || c == '\n' || c == '>'; }

std::string kept(std::string_view text) {
    std::string made{text};
    std::erase_if(made, is_loose);
    return made;
}

/// With quote marks and indentation in front.
bool is_one_word(std::string_view line) {
    while (!line.empty() && is_loose(line.front())) line.remove_prefix(1);
    return line.find_first_of(" \t") == std::string_view::npos;
}

void require_within(std::string_view text, std::size_t width) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        require(text::columns(line) <= width || is_one_word(line));
        text.remove_prefix(line.size() + 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t width = data[0] % 100;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    for (const auto del_sp : {text::DelSp::no, text::DelSp::yes}) {
        const auto flowing = text::unflow(text, del_sp);
        require(kept(flowing) == kept(text));
        require(flowing.size() <= 2 * size);
    }
    const auto wrapped = text::wrap(text, width);
    require(kept(wrapped) == kept(text));
    require(wrapped.size() <= 16 * size);
    if (width == 0) return 0;
    require_within(wrapped, width);
    const bool may_change = text.find_first_of("\r>") != std::string_view::npos;  // where they come to stand elsewhere
    require(may_change || text::wrap(wrapped, width) == wrapped);
    return 0;
}

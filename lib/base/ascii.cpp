// SPDX-License-Identifier: ISC
#include "base/ascii.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace mailpipe {

bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool istarts_with(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}

std::string_view trim(std::string_view text) {
    const auto is_space = [](char c) { return is_blank(c) || c == '\r' || c == '\n'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

bool all_ascii(std::string_view text) { return ascii_octets(text) == text.size(); }

}  // namespace mailpipe

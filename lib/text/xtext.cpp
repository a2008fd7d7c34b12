// SPDX-License-Identifier: ISC
#include "text/xtext.hpp"

#include <optional>

#include "base/ascii.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::text {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

constexpr bool is_xchar(char c) { return c >= '!' && c <= '~' && c != '+' && c != '='; }

std::optional<char> hexchar(std::string_view text) {
    if (text.size() < 3) return {};
    const auto high = digits.find(text[1]);
    const auto low = digits.find(text[2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    return static_cast<char>(high * 16 + low);
}

}  // namespace

Result<std::string> xtext_decode(std::string_view xtext) {
    std::string octets;
    octets.reserve(xtext.size());
    for (std::size_t i = 0; i < xtext.size(); ++i) {
        if (is_xchar(xtext[i])) {
            octets += xtext[i];
            continue;
        }
        const auto octet = xtext[i] == '+' ? hexchar(xtext.substr(i)) : std::nullopt;
        if (!octet) return failure({Fault::permanent, "not xtext (RFC 3461 section 4)"});
        octets += *octet;
        i += 2;
    }
    return octets;
}

std::string xtext_encode(std::string_view octets) {
    std::string xtext;
    xtext.reserve(octets.size());
    for (const char c : octets) {
        if (is_xchar(c)) xtext += c;
        else append_escaped(xtext, c, '+');
    }
    return xtext;
}

}  // namespace mailpipe::text

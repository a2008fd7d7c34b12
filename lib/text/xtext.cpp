// SPDX-License-Identifier: ISC
#include "text/xtext.hpp"

#include <optional>

#include "base/ascii.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::text {

namespace {

constexpr bool is_xchar(char c) { return c >= '!' && c <= '~' && c != '+' && c != '='; }

int upper_hex_value(char c) { return is_lower(c) ? -1 : hex_value(c); }

std::optional<char> hexchar(std::string_view text) {
    if (text.size() < 3) return {};
    const int high = upper_hex_value(text[1]);
    const int low = upper_hex_value(text[2]);
    if (high < 0 || low < 0) return {};
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

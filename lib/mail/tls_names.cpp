// SPDX-License-Identifier: ISC
#include "mail/tls_names.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "text/cursor.hpp"

namespace mailpipe::mail {

std::string tls_version(std::string_view word) {
    text::Cursor cursor{word};
    const bool is_ssl = cursor.take_word("SSL");
    if (!is_ssl && !cursor.take_word("TLS")) return {};
    if (!cursor.take_word("v")) cursor.take('-');
    if (!is_digit(cursor.peek())) return {};
    std::string version = is_ssl ? "SSLv" : "TLSv";
    version += cursor.next();
    char minor = '0';
    if (cursor.take('.') || cursor.take('_')) {
        minor = cursor.peek();
        if (!is_digit(minor)) return {};
        cursor.next();
    }
    if (!cursor.at_end()) return {};
    return is_ssl ? version : version + '.' + minor;
}

bool is_tls_cipher(std::string_view word) {
    constexpr std::string_view ends[] = {"SHA", "SHA256", "SHA384", "POLY1305", "GCM", "CCM", "CCM8", "CCM_8", "RC4-MD5"};
    const auto dash = word.find_first_of("-_");
    return dash != std::string_view::npos && dash > 0 &&
           std::ranges::any_of(ends, [&](std::string_view end) { return word.ends_with(end); });
}

}  // namespace mailpipe::mail

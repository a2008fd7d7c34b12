// SPDX-License-Identifier: ISC
#include "mail/domain.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace mailpipe::mail {

namespace {

constexpr std::size_t max_domain_octets = 255;
constexpr std::size_t max_label_octets = 63;  // of a U-label only its ASCII form has them

bool is_let_dig(char c) { return is_alnum(c) || c == '_' || !is_ascii(c); }

bool is_label(std::string_view label) {
    return !label.empty() && (label.size() <= max_label_octets || !all_ascii(label)) && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_let_dig(c) || c == '-'; });
}

bool is_address(int family, std::string_view text) {
    in6_addr ignored;
    return inet_pton(family, std::string(text).c_str(), &ignored) == 1;
}

}  // namespace

bool is_domain(std::string_view text) {
    if (text.size() > max_domain_octets || !is_utf8(text)) return false;
    for (;;) {
        const auto dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_address_literal(std::string_view text) {
    constexpr std::string_view tag = "IPv6:";
    if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
    text = text.substr(1, text.size() - 2);
    if (text.find('\0') != std::string_view::npos) return false;
    if (istarts_with(text, tag)) return is_address(AF_INET6, text.substr(tag.size()));
    return is_address(AF_INET, text);
}

}  // namespace mailpipe::mail

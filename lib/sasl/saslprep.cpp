// SPDX-License-Identifier: ISC
#include "sasl/saslprep.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/normal_form.hpp"

namespace mailpipe::sasl {

namespace {

/// Table B.1 of stringprep, which SASLprep takes.
bool is_mapped_to_nothing(char32_t c) {
    return c == 0xad || c == 0x34f || c == 0x1806 || (c >= 0x180b && c <= 0x180d) || (c >= 0x200b && c <= 0x200d) ||
           c == 0x2060 || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

/// Its table C.1.2.
bool is_space(char32_t c) {
    return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000;
}

}  // namespace

std::string saslprep(std::string_view password) {
    if (all_ascii(password) || !is_utf8(password)) return std::string{password};
    std::string mapped;
    while (!password.empty()) {
        const char32_t c = take_character(password);
        if (!is_mapped_to_nothing(c)) append_character(mapped, is_space(c) ? U' ' : c);
    }
    return text::nfkc(mapped);
}

}  // namespace mailpipe::sasl

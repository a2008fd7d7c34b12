// SPDX-License-Identifier: ISC
#include "crypto/base64.hpp"

#include <climits>

#include <openssl/evp.h>

namespace mailpipe::crypto {

namespace {
const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* octets_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
}  // namespace

std::string base64_encode(std::string_view octets) {
    std::string text((octets.size() + 2) / 3 * 4, '\0');  // and std::string has room for OpenSSL's final NUL
    EVP_EncodeBlock(octets_of(text), octets_of(octets), static_cast<int>(octets.size()));
    return text;
}

Result<std::string> base64_decode(std::string_view text) {
    const auto bad = [] { return failure({Fault::permanent, "not base64"}); };
    if (text.empty()) return std::string{};
    if (text.size() % 4 != 0 || text.size() > INT_MAX) return bad();

    std::string octets(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(octets_of(octets), octets_of(text), static_cast<int>(text.size())) < 0) return bad();
    const bool one = text.back() == '=';
    const bool two = one && text[text.size() - 2] == '=';
    octets.resize(octets.size() - (two ? 2U : one ? 1U : 0U));
    // OpenSSL passes over blanks, padding in the middle and stray bits. What is left has one spelling.
    if (base64_encode(octets) != text) return bad();
    return octets;
}

}  // namespace mailpipe::crypto

// SPDX-License-Identifier: ISC
#include "sasl/scram_words.hpp"

#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "crypto/random.hpp"
#include "text/base64.hpp"

namespace mailpipe::sasl {

namespace {

constexpr std::size_t longest_nonce = 1024;
constexpr std::size_t new_nonce_octets = 18;

}  // namespace

std::optional<std::string_view> take_attribute(std::string_view& message, char name) {
    if (message.size() < 2 || message[0] != name || message[1] != '=') return {};
    const auto attribute = message.substr(0, message.find(','));
    message.remove_prefix(std::min(message.size(), attribute.size() + 1));
    return attribute.substr(2);
}

std::string encode_scram_name(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == ',') {
            text += "=2C";
        } else if (c == '=') {
            text += "=3D";
        } else {
            text += c;
        }
    }
    return text;
}

std::optional<std::string> decode_scram_name(std::string_view text) {
    std::string name;
    if (text.empty() || !is_utf8(text) || text.find('\0') != std::string_view::npos) return {};
    for (; !text.empty(); text.remove_prefix(1)) {
        if (text.front() != '=') {
            name += text.front();
            continue;
        }
        const bool comma = text.starts_with("=2C");
        if (!comma && !text.starts_with("=3D")) return {};
        name += comma ? ',' : '=';
        text.remove_prefix(2);
    }
    return name;
}

bool is_scram_nonce(std::string_view text) {
    return !text.empty() && text.size() <= longest_nonce &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ','; });
}

std::string new_scram_nonce() {
    std::array<char, new_nonce_octets> octets;
    crypto::random_fill(octets);
    return text::base64_encode({octets.data(), octets.size()});
}

std::string exclusive_or(std::string_view a, std::string_view b) {
    std::string out{a};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
    return out;
}

}  // namespace mailpipe::sasl

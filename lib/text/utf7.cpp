// SPDX-License-Identifier: ISC
#include "text/utf7.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/utf8.hpp"
#include "text/base64_digit.hpp"

namespace mailpipe::text {

namespace {

/// Base64 of a stream of bits, with ',' for '/' and no padding.
class Base64Run {
public:
    explicit Base64Run(std::string& out) : out_(out) {}

    void add(std::uint16_t unit) {
        if (!open_) out_ += '&';
        open_ = true;
        bits_ = bits_ << 16 | unit;
        for (count_ += 16; count_ >= 6;) put(bits_ >> (count_ -= 6));
    }
    void end() {
        if (!open_) return;
        if (count_ > 0) put(bits_ << (6 - count_));
        out_ += '-';
        open_ = false;
        count_ = 0;
    }

private:
    void put(std::uint32_t value) {
        out_ += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,"[value & 63];
    }

    std::string& out_;
    bool open_ = false;
    std::uint32_t bits_ = 0;
    unsigned count_ = 0;
};

/// 0 to 63; -1 for what is no digit.
int digit_value(char c) {
    if (c == ',') return 63;
    const auto digit = c == '/' ? 64 : base64_digit(c);
    return digit > 63 ? -1 : digit;
}

/// UTF-16 one unit after the other.
class Characters {
public:
    /// False for half a pair in a wrong place.
    bool add(std::uint16_t unit) {
        const bool is_high = unit >= 0xd800 && unit < 0xdc00;
        const bool is_low = unit >= 0xdc00 && unit < 0xe000;
        if (is_low != (high_ != 0)) return false;
        if (is_low) append_character(utf8, 0x10000 + ((high_ - 0xd800) << 10 | (unit - 0xdc00U)));
        else if (!is_high) append_character(utf8, unit);
        high_ = is_high ? unit : 0;
        return true;
    }
    bool is_whole() const { return high_ == 0; }

    std::string utf8;

private:
    char32_t high_ = 0;
};

/// What is between '&' and '-'; nothing where that is not Base64 of whole characters.
std::optional<std::string> decoded(std::string_view digits) {
    Characters characters;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : digits) {
        const int value = digit_value(c);
        if (value < 0) return {};
        bits = (bits & 0xffff) << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 16) continue;
        count -= 16;
        if (!characters.add(static_cast<std::uint16_t>(bits >> count))) return {};
    }
    const bool is_padded_well = count < 6 && (bits & ((1U << count) - 1)) == 0;
    if (digits.empty() || !is_padded_well || !characters.is_whole()) return {};
    return characters.utf8;
}

}  // namespace

Result<std::string> to_modified_utf7(std::string_view utf8) {
    if (!is_utf8(utf8)) return failure({Fault::permanent, "a mailbox name is not UTF-8"});
    std::string out;
    Base64Run run{out};
    while (!utf8.empty()) {
        const auto character = take_character(utf8);
        if (character >= 0x20 && character < 0x7f) {
            run.end();
            out += static_cast<char>(character);
            if (character == '&') out += '-';
        } else if (character < 0x10000) {
            run.add(static_cast<std::uint16_t>(character));
        } else {
            run.add(static_cast<std::uint16_t>(0xd800 + ((character - 0x10000) >> 10)));
            run.add(static_cast<std::uint16_t>(0xdc00 + ((character - 0x10000) & 0x3ff)));
        }
    }
    run.end();
    return out;
}

std::string read_modified_utf7(std::string_view utf7) {
    std::string out;
    for (auto left = utf7; !left.empty();) {
        const auto plain = std::min(left.find('&'), left.size());
        out += left.substr(0, plain);
        left.remove_prefix(plain);
        if (left.empty()) break;
        // Digits only, so that many a '&' without its end costs no more than the text is long.
        const auto digits = std::find_if(left.begin() + 1, left.end(), [](char c) { return digit_value(c) < 0; }) - left.begin() - 1;
        const auto end = static_cast<std::size_t>(digits) + 1;
        const bool is_closed = end < left.size() && left[end] == '-';
        const auto text = !is_closed ? std::nullopt : end == 1 ? std::optional<std::string>{"&"} : decoded(left.substr(1, end - 1));
        out += text ? *text : left.substr(0, end);
        left.remove_prefix(text ? end + 1 : end);
    }
    return out;
}

Result<std::string> from_modified_utf7(std::string_view utf7) {
    auto utf8 = read_modified_utf7(utf7);
    const auto again = to_modified_utf7(utf8);
    if (!again || *again != utf7) return failure({Fault::permanent, "a mailbox name is not modified UTF-7"});
    return utf8;
}

bool has_forbidden_characters(std::string_view name) {
    while (!name.empty()) {
        const auto c = take_character(name);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) return true;
    }
    return false;
}

}  // namespace mailpipe::text

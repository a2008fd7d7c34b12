// SPDX-License-Identifier: ISC
#include "text/utf7.hpp"

#include <cstdint>

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

const Error not_utf7{Fault::permanent, "a mailbox name is not modified UTF-7"};

/// The characters of a run, without '&' and '-'. False where they are none.
bool append_run(std::string& utf8, std::string_view run) {
    if (run.empty()) utf8 += '&';
    std::uint32_t bits = 0;
    unsigned count = 0;
    char32_t high = 0;  // a surrogate that waits for the other
    for (const char c : run) {
        const auto digit = c == ',' ? 63 : base64_digit(c);
        if (digit > 63) return false;
        bits = bits << 6 | digit;
        if ((count += 6) < 16) continue;
        const char32_t unit = bits >> (count -= 16) & 0xffff;
        const bool is_high = unit >= 0xd800 && unit < 0xdc00;
        const bool is_low = unit >= 0xdc00 && unit < 0xe000;
        if (is_low != (high != 0)) return false;
        if (!is_high) append_character(utf8, is_low ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit);
        high = is_high ? unit : 0;
    }
    return high == 0;
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

Result<std::string> from_modified_utf7(std::string_view utf7) {
    std::string utf8;
    for (auto left = utf7; !left.empty();) {
        const bool is_run = left.front() == '&';
        const auto end = is_run ? left.find('-') : 0;
        if (end == std::string_view::npos) return failure(not_utf7);
        if (!is_run) utf8 += left.front();
        if (is_run && !append_run(utf8, left.substr(1, end - 1))) return failure(not_utf7);
        left.remove_prefix(end + 1);
    }
    // Whatever else it may not be is what would be written in another way.
    const auto again = to_modified_utf7(utf8);
    if (!again || *again != utf7) return failure(not_utf7);
    return utf8;
}

}  // namespace mailpipe::text

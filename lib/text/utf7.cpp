// SPDX-License-Identifier: ISC
#include "text/utf7.hpp"

#include <cstdint>

#include "base/utf8.hpp"

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

}  // namespace mailpipe::text

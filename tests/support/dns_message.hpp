// SPDX-License-Identifier: ISC
// Messages of the DNS in wire form, put together by hand (RFC 1035 section 4), right ones and wrong ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailpipe::test {

inline std::string wire16(unsigned number) { return {static_cast<char>(number >> 8 & 0xffU), static_cast<char>(number & 0xffU)}; }
inline std::string wire32(std::uint32_t number) { return wire16(number >> 16) + wire16(number & 0xffffU); }

/// "a.b" as labels, without compression; "" is the root.
inline std::string wire_name(std::string_view name) {
    std::string wire;
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        wire += static_cast<char>(label.size());
        wire += label;
        name.remove_prefix(label.size() == name.size() ? label.size() : label.size() + 1);
    }
    return wire + '\0';
}

/// A character-string of TXT.
inline std::string wire_text(std::string_view text) { return static_cast<char>(text.size()) + std::string(text); }

struct DnsMessage {
    unsigned id = 7;
    unsigned flags = 0x8180;  // a response, recursion desired and available
    std::string questions{};
    std::string answers{};
    unsigned question_count = 0;
    unsigned answer_count = 0;

    DnsMessage& ask(std::string_view name, unsigned type) {
        questions += wire_name(name) + wire16(type) + wire16(1);
        ++question_count;
        return *this;
    }
    /// `owner` and `data` in wire form.
    DnsMessage& answer(std::string_view owner, unsigned type, std::string_view data, std::uint32_t ttl = 300, unsigned in_class = 1) {
        answers += std::string(owner) + wire16(type) + wire16(in_class) + wire32(ttl);
        answers += wire16(static_cast<unsigned>(data.size())) + std::string(data);
        ++answer_count;
        return *this;
    }
    std::string wire() const {
        return wire16(id) + wire16(flags) + wire16(question_count) + wire16(answer_count) + wire32(0) + questions + answers;
    }
};

}  // namespace mailpipe::test

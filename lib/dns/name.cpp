// SPDX-License-Identifier: ISC
#include "dns/name.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <idn2.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace mailpipe::dns {

namespace {

constexpr std::size_t max_text_octets = 253;  // 255 on the wire
constexpr std::size_t max_label_octets = 63;
constexpr std::size_t max_input_octets = 1024;  // of UTF-8, which may become shorter

bool is_name_octet(char c) { return is_alnum(c) || c == '-' || c == '_'; }

/// What is wrong with a label, nothing: "".
std::string fault_of_label(std::string_view label) {
    if (label.empty()) return "a label is empty";
    if (label.size() > max_label_octets) return fmt::format("the label '{:.16}...' has more than 63 octets", label);
    const auto bad = std::ranges::find_if_not(label, is_name_octet);
    if (bad == label.end()) return {};
    return fmt::format("the label '{}' has a '{}'", line_for_terminal(label), line_for_terminal({bad, bad + 1}));
}

std::string fault_of_name(std::string_view name) {
    if (name.empty()) return "it is empty";
    if (name.size() > max_text_octets) return "it has more than 253 octets";
    for (;;) {
        const auto dot = name.find('.');
        if (auto fault = fault_of_label(name.substr(0, dot)); !fault.empty()) return fault;
        if (dot == std::string_view::npos) return {};
        name.remove_prefix(dot + 1);
    }
}

tl::unexpected<Error> no_name(std::string_view text, std::string_view why) {
    return failure({Fault::permanent, fmt::format("'{:.100}' is no domain: {}", line_for_terminal(text), why), ExitStatus::data});
}

Result<std::string> to_a_labels(std::string_view text) {
    if (text.find('\0') != std::string_view::npos || !is_utf8(text)) return no_name(text, "it is not UTF-8 text");
    char* made = nullptr;
    const int error = idn2_to_ascii_8z(std::string(text).c_str(), &made, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, void (*)(void*)> owner{made, idn2_free};
    if (error != IDN2_OK) return no_name(text, idn2_strerror(error));
    return std::string(made);
}

}  // namespace

Result<std::string> to_ascii_name(std::string_view text) {
    if (text.size() > max_input_octets) return no_name(text, "it is too long");
    std::string name(text);
    if (!all_ascii(text)) {
        auto labels = to_a_labels(text);
        if (!labels) return labels;
        name = std::move(*labels);
    }
    if (name.size() > 1 && name.back() == '.') name.pop_back();
    if (const auto fault = fault_of_name(name); !fault.empty()) return no_name(text, fault);
    return lower(name);
}

bool is_host_name(std::string_view name) { return fault_of_name(name).empty(); }

std::string reverse_name(const net::IpAddress& address) {
    const auto& octets = address.octets;
    if (address.is_v4()) return fmt::format("{}.{}.{}.{}.in-addr.arpa", octets[15], octets[14], octets[13], octets[12]);
    std::string name;
    for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) {
        name += fmt::format("{:x}.{:x}.", *octet & 0xfU, *octet >> 4U);
    }
    return name + "ip6.arpa";
}

}  // namespace mailpipe::dns

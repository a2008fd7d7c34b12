// SPDX-License-Identifier: ISC
#include "net/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::net {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress masked(IpAddress address, unsigned prefix) {
    for (unsigned bit = prefix; bit < 128; ++bit) {
        address.octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return address;
}

}  // namespace

bool IpAddress::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), octets.begin()); }

bool IpAddress::is_loopback() const {
    if (is_v4()) return octets[12] == 127;
    return octets.back() == 1 && std::all_of(octets.begin(), octets.end() - 1, [](auto octet) { return octet == 0; });
}

bool IpAddress::is_unspecified() const {
    return std::all_of(octets.begin() + (is_v4() ? 12 : 0), octets.end(), [](auto octet) { return octet == 0; });
}

std::optional<IpAddress> find_ip(std::string_view text) {
    constexpr std::string_view tag = "IPv6:";
    const bool tagged = istarts_with(text, tag);
    const std::string plain{tagged ? text.substr(tag.size()) : text};
    if (plain.find('\0') != std::string::npos) return {};
    IpAddress address;
    if (::inet_pton(AF_INET6, plain.c_str(), address.octets.data()) == 1) return address;
    std::ranges::copy(v4_prefix, address.octets.begin());
    if (!tagged && ::inet_pton(AF_INET, plain.c_str(), address.octets.data() + v4_prefix.size()) == 1) return address;
    return {};
}

Result<IpAddress> parse_ip(std::string_view text) {
    if (const auto address = find_ip(text)) return *address;
    return failure({Fault::permanent, fmt::format("'{}' is not an IP address", text)});
}

std::string to_string(const IpAddress& address) {
    const auto& octets = address.octets;
    if (address.is_v4()) return fmt::format("{}.{}.{}.{}", octets[12], octets[13], octets[14], octets[15]);
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET6, octets.data(), text, sizeof text);
    return text;
}

std::string to_literal(const IpAddress& address) {
    return address.is_v4() ? to_string(address) : "IPv6:" + to_string(address);
}

bool Network::contains(const IpAddress& address) const {
    const unsigned whole = prefix / 8, rest = prefix % 8;
    if (std::memcmp(address.octets.data(), first.octets.data(), whole) != 0) return false;
    return rest == 0 || (address.octets[whole] ^ first.octets[whole]) >> (8 - rest) == 0;
}

Result<Network> parse_network(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_ip(text.substr(0, slash));
    if (!address) return failure(address.error());
    const unsigned before = address->is_v4() ? 96 : 0;
    if (slash == std::string_view::npos) return Network{*address, 128};

    const auto bits = parse_number(text.substr(slash + 1), "prefix length");
    if (!bits || *bits > 128 - before) {
        return failure({Fault::permanent, fmt::format("'{}': the prefix is not 0 to {}", text, 128 - before)});
    }
    const Network network{masked(*address, before + static_cast<unsigned>(*bits)), before + static_cast<unsigned>(*bits)};
    if (network.first == *address) return network;
    return failure({Fault::permanent, fmt::format("'{}' has bits set behind its prefix (the network is {}/{})", text,
                                                  to_string(network.first), *bits)});
}

Result<std::vector<Network>> parse_networks(const std::vector<std::string>& texts) {
    std::vector<Network> networks;
    for (const auto& text : texts) {
        const auto network = parse_network(trim(text));
        if (!network) return failure(network.error());
        networks.push_back(*network);
    }
    return networks;
}

bool any_contains(const std::vector<Network>& networks, const IpAddress& address) {
    return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

IpAddress client_key(const IpAddress& address) { return address.is_v4() ? address : masked(address, 64); }

}  // namespace mailpipe::net

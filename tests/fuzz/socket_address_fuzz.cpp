// SPDX-License-Identifier: ISC
// Addresses to listen on, and networks: what is taken is written in one form, which is taken again as the same.
#include <cstdint>

#include "fuzz/require.hpp"
#include "net/socket_address.hpp"

using namespace mailpipe::net;

namespace {

void check_address(std::string_view text) {
    const auto address = parse_socket_address(text);
    if (!address) return;
    const auto again = parse_socket_address(to_string(*address));
    require(again && to_string(*again) == to_string(*address));
    require(again->size == address->size && again->ip() == address->ip() && again->path() == address->path());
}

void check_network(std::string_view text) {
    const auto network = parse_network(text);
    if (!network) return;
    require(network->contains(network->first));
    const auto ip = parse_ip(to_literal(network->first));
    require(ip && *ip == network->first && parse_network(to_string(*ip)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_address(text);
    check_network(text);
    return 0;
}

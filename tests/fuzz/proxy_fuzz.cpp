// SPDX-License-Identifier: ISC
// PROXY header of version 2: what is taken is as long as it says, and its source has a text of its own.
#include <cstdint>
#include <cstdlib>

#include "net/proxy.hpp"

using namespace mailpipe::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view header{reinterpret_cast<const char*>(data), size};
    const auto rest = proxy_rest_octets(header.substr(0, proxy_start_octets));
    const auto parsed = parse_proxy_header(header);
    if (!parsed) return 0;
    if (!rest || proxy_start_octets + *rest != size || *rest > max_proxy_rest_octets) std::abort();
    if (!parsed->source) return 0;
    const auto again = parse_socket_address(to_string(*parsed->source));
    if (!again || again->ip() != parsed->source->ip() || again->port() != parsed->source->port()) std::abort();
    return 0;
}

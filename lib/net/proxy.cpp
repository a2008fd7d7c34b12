// SPDX-License-Identifier: ISC
#include "net/proxy.hpp"

#include <algorithm>
#include <string>

#include "io/fd_stream.hpp"

namespace mailpipe::net {

namespace {

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr unsigned char local = 0x20;
constexpr unsigned char proxy = 0x21;

tl::unexpected<Error> bad(const char* why) {
    return failure({Fault::permanent, std::string{"PROXY header: "} + why});
}

std::uint16_t number_at(std::string_view octets, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(octets[at]) << 8 | static_cast<unsigned char>(octets[at + 1]));
}

/// A block of source address, destination address, source port, destination port.
Result<ProxyHeader> source_of(std::string_view block, std::size_t address_octets) {
    if (block.size() < 2 * address_octets + 4) return bad("its addresses are cut off");
    IpAddress ip;
    if (address_octets == 4) ip.octets[10] = ip.octets[11] = 0xff;
    std::copy_n(block.begin(), address_octets, ip.octets.end() - static_cast<std::ptrdiff_t>(address_octets));
    return ProxyHeader{make_socket_address(ip, number_at(block, 2 * address_octets))};
}

Result<std::string> read_exactly(io::Stream& stream, std::size_t octets, io::Deadline deadline) {
    std::string data(octets, '\0');
    for (std::size_t have = 0; have < octets;) {
        const auto n = stream.read({data.data() + have, octets - have}, deadline);
        if (!n) return failure(n.error());
        if (*n == 0) return failure({Fault::transient, "PROXY header: the peer has closed"});
        have += *n;
    }
    return data;
}

}  // namespace

Result<std::size_t> proxy_rest_octets(std::string_view start) {
    if (start.size() < proxy_start_octets || !start.starts_with(signature)) return bad("no signature of version 2");
    const std::size_t rest = number_at(start, 14);
    if (rest > max_proxy_rest_octets) return bad("longer than 2064 octets");
    return rest;
}

Result<ProxyHeader> parse_proxy_header(std::string_view header) {
    const auto rest = proxy_rest_octets(header);
    if (!rest) return failure(rest.error());
    if (header.size() != proxy_start_octets + *rest) return bad("its length is wrong");
    const auto command = static_cast<unsigned char>(header[12]);
    if (command == local) return ProxyHeader{};
    if (command != proxy) return bad("its command is not LOCAL or PROXY of version 2");
    switch (header[13]) {
        case 0x00: return ProxyHeader{};
        case 0x11: return source_of(header.substr(proxy_start_octets), 4);   // TCP over IPv4
        case 0x21: return source_of(header.substr(proxy_start_octets), 16);  // TCP over IPv6
        default: return bad("it speaks of no TCP connection");
    }
}

Result<void> read_proxy_header(Connection& connection, io::Deadline deadline) {
    io::FdStream stream{connection.in, connection.out};
    auto header = read_exactly(stream, proxy_start_octets, deadline);
    if (!header) return failure(header.error());
    const auto rest = proxy_rest_octets(*header);
    if (!rest) return failure(rest.error());
    const auto tail = read_exactly(stream, *rest, deadline);
    if (!tail) return failure(tail.error());
    const auto parsed = parse_proxy_header(*header + *tail);
    if (!parsed) return failure(parsed.error());
    if (!parsed->source) return {};
    connection.ip = parsed->source->ip();
    connection.port = parsed->source->port();
    return {};
}

}  // namespace mailpipe::net

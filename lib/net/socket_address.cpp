// SPDX-License-Identifier: ISC
#include "net/socket_address.hpp"

#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fmt/format.h>

#include "base/number.hpp"

namespace mailpipe::net {

namespace {

constexpr std::string_view unix_tag = "unix:";

tl::unexpected<Error> wrong(std::string_view text, std::string_view why) {
    return failure({Fault::permanent, fmt::format("address '{}': {}", text, why), ExitStatus::configuration});
}

Result<SocketAddress> parse_path(std::string_view text) {
    const auto path = text.substr(unix_tag.size());
    SocketAddress address;
    auto& native = reinterpret_cast<sockaddr_un&>(address.storage);
    if (path.empty() || path.front() != '/') return wrong(text, "a path begins with '/'");
    if (path.find('\0') != std::string_view::npos) return wrong(text, "the path has a NUL");
    if (path.size() >= sizeof native.sun_path) {
        return wrong(text, fmt::format("the path has more than {} octets", sizeof native.sun_path - 1));
    }
    native.sun_family = AF_UNIX;
    std::memcpy(native.sun_path, path.data(), path.size());
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
    return address;
}

}  // namespace

std::optional<IpAddress> SocketAddress::ip() const {
    IpAddress ip;
    if (family() == AF_INET6) {
        std::memcpy(ip.octets.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
        return ip;
    }
    if (family() != AF_INET) return std::nullopt;
    ip.octets[10] = ip.octets[11] = 0xff;
    std::memcpy(ip.octets.data() + 12, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
    return ip;
}

std::uint16_t SocketAddress::port() const {
    if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
    if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
    return 0;
}

std::string SocketAddress::path() const {
    if (!is_unix() || size <= offsetof(sockaddr_un, sun_path)) return {};
    const auto& native = reinterpret_cast<const sockaddr_un&>(storage);
    return {native.sun_path, ::strnlen(native.sun_path, size - offsetof(sockaddr_un, sun_path))};
}

SocketAddress make_socket_address(const IpAddress& ip, std::uint16_t port) {
    SocketAddress address;
    if (ip.is_v4()) {
        auto& native = reinterpret_cast<sockaddr_in&>(address.storage);
        native.sin_family = AF_INET;
        native.sin_port = htons(port);
        std::memcpy(&native.sin_addr, ip.octets.data() + 12, 4);
        address.size = sizeof native;
    } else {
        auto& native = reinterpret_cast<sockaddr_in6&>(address.storage);
        native.sin6_family = AF_INET6;
        native.sin6_port = htons(port);
        std::memcpy(&native.sin6_addr, ip.octets.data(), 16);
        address.size = sizeof native;
    }
    return address;
}

Result<SocketAddress> parse_socket_address(std::string_view text) {
    if (text.starts_with(unix_tag)) return parse_path(text);
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong(text, "no port (ADDRESS:PORT, [ADDRESS]:PORT, *:PORT or unix:PATH)");
    const auto port = parse_number(text.substr(colon + 1), "port");
    if (!port || *port > 65535) return wrong(text, "the port is not 0 to 65535");

    auto host = text.substr(0, colon);
    const bool any = host == "*";
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto ip = any ? IpAddress{} : parse_ip(host);
    if (!ip) return wrong(text, fmt::format("{} (names are not looked up)", ip.error().what));
    if (!any && !bracketed && host.find(':') != std::string_view::npos) return wrong(text, "an IPv6 address stands in brackets");
    auto address = make_socket_address(*ip, static_cast<std::uint16_t>(*port));
    address.any_family = any;
    return address;
}

std::string to_string(const SocketAddress& address) {
    const auto ip = address.ip();
    if (!ip) return fmt::format("{}{}", unix_tag, address.path());
    if (address.any_family) return fmt::format("*:{}", address.port());
    if (ip->is_v4()) return fmt::format("{}:{}", to_string(*ip), address.port());
    return fmt::format("[{}]:{}", to_string(*ip), address.port());
}

Result<SocketAddress> local_address(int socket) {
    SocketAddress address;
    address.size = sizeof address.storage;
    if (::getsockname(socket, address.native(), &address.size) != 0) return failure(system_error(errno, "getsockname"));
    return address;
}

Result<SocketAddress> peer_address(int socket) {
    SocketAddress address;
    address.size = sizeof address.storage;
    if (::getpeername(socket, address.native(), &address.size) != 0) return failure(system_error(errno, "getpeername"));
    return address;
}

}  // namespace mailpipe::net

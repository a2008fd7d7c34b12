// SPDX-License-Identifier: ISC
// A name server on a free port of 127.0.0.1, over UDP and TCP, whose answers a test makes octet by octet.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::test {

struct DnsQuery {
    std::string octets;
    bool over_tcp;

    unsigned id() const { return static_cast<unsigned char>(octets[0]) * 256U + static_cast<unsigned char>(octets[1]); }
    bool asks_for_ad() const { return (octets[3] & 0x20) != 0; }
    bool has_edns() const { return octets[11] != 0; }
    /// The question as it stands: a response has to repeat it.
    std::string question() const { return octets.substr(12, octets.find('\0', 12) + 5 - 12); }
    /// Response code and flags besides, and records in wire form.
    std::string reply(unsigned flags, unsigned count = 0, const std::string& records = {}) const {
        const std::string head{octets[0], octets[1], static_cast<char>(flags >> 8), static_cast<char>(flags), 0, 1,
                               0,         static_cast<char>(count), 0, 0, 0, 0};
        return head + question() + records;
    }
};

class NameServer {
public:
    /// `answer` runs in a thread of its own; an empty text is no answer.
    explicit NameServer(std::function<std::string(const DnsQuery&)> answer) : answer_(std::move(answer)) {
        for (;;) {  // a port that is free for both
            udp_ = bound(SOCK_DGRAM, 0);
            const int wanted = 4 * 1024 * 1024;
            ::setsockopt(udp_.number(), SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted);  // root may
            address = net::local_address(udp_.number()).value();
            tcp_ = bound(SOCK_STREAM, address.port());
            if (tcp_ && ::listen(tcp_.number(), 8) == 0) break;
        }
        thread_ = std::thread([this] { serve(); });
    }
    ~NameServer() {
        is_over_ = true;
        thread_.join();
    }

    /// Octets of questions, with all that the kernel keeps of them, that may wait to be read.
    int room() const {
        int octets = 0;
        socklen_t size = sizeof octets;
        ::getsockopt(udp_.number(), SOL_SOCKET, SO_RCVBUF, &octets, &size);
        return octets;
    }

    net::SocketAddress address;
    std::atomic<int> queries = 0;

private:
    static Fd bound(int type, std::uint16_t port) {
        Fd socket{::socket(AF_INET, type | SOCK_CLOEXEC, 0)};
        const auto where = net::make_socket_address(net::parse_ip("127.0.0.1").value(), port);
        return ::bind(socket.number(), where.native(), where.size) == 0 ? std::move(socket) : Fd{};
    }
    void serve() {
        while (!is_over_) {
            pollfd polled[] = {{udp_.number(), POLLIN, 0}, {tcp_.number(), POLLIN, 0}};
            ::poll(polled, 2, 10);
            if (polled[0].revents != 0) serve_udp();
            if (polled[1].revents != 0) serve_tcp();
        }
    }
    void serve_udp() {
        char buffer[4096];
        net::SocketAddress peer;
        peer.size = sizeof peer.storage;
        const auto size = ::recvfrom(udp_.number(), buffer, sizeof buffer, 0, peer.native(), &peer.size);
        if (size < 12) return;
        ++queries;
        const auto reply = answer_({std::string(buffer, static_cast<std::size_t>(size)), false});
        if (!reply.empty()) ::sendto(udp_.number(), reply.data(), reply.size(), 0, peer.native(), peer.size);
    }
    void serve_tcp() {
        const Fd peer{::accept(tcp_.number(), nullptr, nullptr)};
        char buffer[4096];
        const auto size = ::recv(peer.number(), buffer, sizeof buffer, 0);
        if (size < 14) return;
        ++queries;
        const auto reply = answer_({std::string(buffer + 2, static_cast<std::size_t>(size) - 2), true});
        const std::string framed = std::string{static_cast<char>(reply.size() >> 8), static_cast<char>(reply.size())} + reply;
        if (!reply.empty()) ::send(peer.number(), framed.data(), framed.size(), MSG_NOSIGNAL);
    }

    std::function<std::string(const DnsQuery&)> answer_;
    Fd udp_, tcp_;
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

}  // namespace mailpipe::test

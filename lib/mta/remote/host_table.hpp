// SPDX-License-Identifier: ISC
// What is known of hosts in this run, whichever sites they belong to: how many connections each has, and which are dead.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "mta/remote/pace.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::mta {

class HostTable {
public:
    /// A host that could not be reached, or does not want us, is left alone for so long.
    static constexpr std::chrono::minutes rest{5};

    explicit HostTable(std::size_t most_connections) : most_(most_connections) {}

    bool is_dead(const net::SocketAddress& host, Moment now) const;
    /// It has as many connections as one may have.
    bool is_full(const net::SocketAddress& host) const;
    std::size_t connections(const net::SocketAddress& host) const;

    void opened(const net::SocketAddress& host);
    void closed(const net::SocketAddress& host);
    void failed(const net::SocketAddress& host, Moment now);
    /// Forgets those of which there is nothing to know.
    void sweep(Moment now);

private:
    struct State {
        std::size_t connections = 0;
        Moment dead_until{};
    };
    const State* find(const net::SocketAddress& host) const;

    std::size_t most_;
    std::map<std::string, State> hosts_;
};

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/remote/host_table.hpp"

namespace mailpipe::mta {

const HostTable::State* HostTable::find(const net::SocketAddress& host) const {
    const auto found = hosts_.find(net::to_string(host));
    return found == hosts_.end() ? nullptr : &found->second;
}

bool HostTable::is_dead(const net::SocketAddress& host, Moment now) const {
    const auto* state = find(host);
    return state != nullptr && now < state->dead_until;
}

std::size_t HostTable::connections(const net::SocketAddress& host) const {
    const auto* state = find(host);
    return state == nullptr ? 0 : state->connections;
}

bool HostTable::is_full(const net::SocketAddress& host) const { return connections(host) >= most_; }

void HostTable::opened(const net::SocketAddress& host) { ++hosts_[net::to_string(host)].connections; }

void HostTable::closed(const net::SocketAddress& host) { --hosts_[net::to_string(host)].connections; }

void HostTable::failed(const net::SocketAddress& host, Moment now) { hosts_[net::to_string(host)].dead_until = now + rest; }

void HostTable::sweep(Moment now) {
    std::erase_if(hosts_, [&](const auto& entry) { return entry.second.connections == 0 && entry.second.dead_until <= now; });
}

}  // namespace mailpipe::mta

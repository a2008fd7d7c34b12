// SPDX-License-Identifier: ISC
#include "dns/order_of_tries.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

namespace mailpipe::dns {

namespace {

bool is_ourselves(const RouteHost& host, const Self& self) {
    const auto has_name = [&](const std::string& name) { return std::ranges::find(self.names, name) != self.names.end(); };
    const auto is_ours = [&](const net::IpAddress& address) {
        if (self.has_loopback && (address.is_loopback() || address.is_unspecified())) return true;
        return std::ranges::find(self.addresses, address) != self.addresses.end();
    };
    return has_name(host.name) || has_name(host.canonical) || std::ranges::any_of(host.addresses, is_ours);
}

/// Fisher and Yates with the standard's own engine: the same seed gives the same order everywhere, unlike std::shuffle.
void shuffle(std::vector<std::size_t>& hosts, std::size_t begin, std::size_t end, std::mt19937_64& numbers) {
    for (auto left = end - begin; left > 1; --left) std::swap(hosts[begin + left - 1], hosts[begin + numbers() % left]);
}

}  // namespace

const RouteHost* find_self(const MailRoute& route, const Self& self) {
    const auto ours = std::ranges::find_if(route.hosts, [&](const RouteHost& host) { return is_ourselves(host, self); });
    return ours == route.hosts.end() ? nullptr : &*ours;
}

std::vector<net::IpAddress> by_turns(const std::vector<net::IpAddress>& addresses) {
    const auto next = [&](auto from, bool is_v4) {
        return std::find_if(from, addresses.end(), [&](const auto& address) { return address.is_v4() == is_v4; });
    };
    std::vector<net::IpAddress> ordered;
    ordered.reserve(addresses.size());
    auto v6 = next(addresses.begin(), false), v4 = next(addresses.begin(), true);
    while (v6 != addresses.end() || v4 != addresses.end()) {
        if (v6 != addresses.end()) {
            ordered.push_back(*v6);
            v6 = next(v6 + 1, false);
        }
        if (v4 != addresses.end()) {
            ordered.push_back(*v4);
            v4 = next(v4 + 1, true);
        }
    }
    return ordered;
}

std::vector<Attempt> order_of_tries(const MailRoute& route, std::uint64_t seed, const Self& self) {
    const auto& hosts = route.hosts;
    const auto* ours = find_self(route, self);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        if (ours == nullptr || hosts[i].preference < ours->preference) order.push_back(i);
    }
    std::optional<std::mt19937_64> numbers;  // made where it is needed: to seed it takes longer than all the rest
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && hosts[order[end]].preference == hosts[order[begin]].preference) ++end;
        if (end - begin == 1) continue;
        if (!numbers) numbers.emplace(seed);
        shuffle(order, begin, end, *numbers);
    }
    std::vector<Attempt> attempts;
    for (const auto at : order) {
        for (const auto& address : by_turns(hosts[at].addresses)) attempts.push_back({at, address});
    }
    return attempts;
}

}  // namespace mailpipe::dns

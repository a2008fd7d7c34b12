// SPDX-License-Identifier: ISC
#include "net/children.hpp"

#include <signal.h>

#include <algorithm>

namespace mailpipe::net {

namespace {
std::optional<IpAddress> key_of(const std::optional<IpAddress>& client) {
    return client ? std::optional{client_key(*client)} : std::nullopt;
}
}  // namespace

Children::Verdict Children::admits(const std::optional<IpAddress>& client, const Limits& limits) const {
    if (children_.size() >= limits.in_all) return Verdict::too_many;
    if (!client) return Verdict::welcome;
    const auto running = std::ranges::count(children_, key_of(client), &Child::client);
    return static_cast<std::uint64_t>(running) < limits.per_client ? Verdict::welcome : Verdict::too_many_of_client;
}

void Children::started(pid_t process, const std::optional<IpAddress>& client) {
    children_.push_back({process, key_of(client)});
}

void Children::ended(pid_t process) {
    const auto child = std::ranges::find(children_, process, &Child::process);
    if (child == children_.end()) return;
    *child = children_.back();
    children_.pop_back();
}

void Children::signal_all(int number) const {
    for (const auto& child : children_) ::kill(child.process, number);
}

}  // namespace mailpipe::net

// SPDX-License-Identifier: ISC
#include "net/children.hpp"

#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "io/descriptors.hpp"

namespace mailpipe::net {

namespace {

constexpr std::ptrdiff_t most_waiting = 32;  // more than come at the same moment need not be kept

std::optional<IpAddress> key_of(const std::optional<IpAddress>& client) {
    return client ? std::optional{client_key(*client)} : std::nullopt;
}

}  // namespace

Children::Verdict Children::admits(const std::optional<IpAddress>& client, const Limits& limits) const {
    if (connections() >= limits.in_all) return Verdict::too_many;
    if (!client) return Verdict::welcome;
    const auto of_client = [key = key_of(client)](const Child& child) { return is_connected(child) && child.client == key; };
    const auto running = std::ranges::count_if(children_, of_client);
    return static_cast<std::uint64_t>(running) < limits.per_client ? Verdict::welcome : Verdict::too_many_of_client;
}

void Children::started(pid_t process, const std::optional<IpAddress>& client, Fd line) {
    children_.push_back({process, key_of(client), std::move(line)});
}

void Children::ended(pid_t process) {
    const auto child = std::ranges::find(children_, process, &Child::process);
    if (child == children_.end()) return;
    if (child != children_.end() - 1) *child = std::move(children_.back());
    children_.pop_back();
}

bool Children::hand_over(int connection, const std::optional<IpAddress>& client) {
    for (auto& child : children_) {
        if (child.state != State::waiting) continue;
        if (io::send_descriptor(child.line.number(), "c", connection)) {
            child.state = State::busy;
            child.client = key_of(client);
            return true;
        }
        dismiss(child);  // it has died
    }
    return false;
}

void Children::hear(int line) {
    const auto child = std::ranges::find_if(children_, [line](const Child& c) { return c.line.number() == line; });
    if (child == children_.end()) return;
    char said = 0;
    const auto n = ::recv(line, &said, 1, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    if (n == 1 && child->state == State::busy && std::ranges::count(children_, State::waiting, &Child::state) < most_waiting) {
        child->state = State::waiting;
    } else {
        dismiss(*child);
    }
}

void Children::dismiss(Child& child) {
    child.line = Fd{};
    child.state = State::leaving;
}

void Children::dismiss_waiting() {
    for (auto& child : children_) {
        if (child.state == State::waiting) dismiss(child);
    }
}

void Children::retire_all() {
    dismiss_waiting();
    for (auto& child : children_) {
        if (child.state == State::busy) child.state = State::last_time;
    }
}

void Children::signal_all(int number) const {
    for (const auto& child : children_) ::kill(child.process, number);
}

std::size_t Children::connections() const {
    return static_cast<std::size_t>(std::ranges::count_if(children_, is_connected));
}

bool Children::any_waits() const {
    return std::ranges::find(children_, State::waiting, &Child::state) != children_.end();
}

}  // namespace mailpipe::net

// SPDX-License-Identifier: ISC
// The processes that talk to peers: how many, for whom, and which of them could take another connection.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/fd.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::net {

struct Limits {
    std::uint64_t in_all;
    std::uint64_t per_client;  ///< an IPv4 address, or an IPv6 /64
};

class Children {
public:
    enum class Verdict { welcome, too_many, too_many_of_client };
    /// Nothing as `client` is not counted per client: a local process, or a proxy that speaks for many.
    Verdict admits(const std::optional<IpAddress>& client, const Limits& limits) const;

    /// `line`: the parent's end of a socket pair with the child, for one that may have more than one connection.
    void started(pid_t process, const std::optional<IpAddress>& client, Fd line = {});
    void ended(pid_t process);

    /// The connection goes to a child that waits for one. False: none does.
    bool hand_over(int connection, const std::optional<IpAddress>& client);
    /// What a child has said on `line`: its connection is over and it waits for the next, or it is about to end.
    void hear(int line);
    /// Children that wait are let go: none of them has had anything to do for a while.
    void dismiss_waiting();
    /// Nobody who is here now gets another connection: what they know is old, or there are no more.
    void retire_all();

    void signal_all(int number) const;
    std::size_t processes() const { return children_.size(); }
    std::size_t connections() const;
    bool any_waits() const;

private:
    enum class State {
        busy,
        last_time,  // busy, and not to have another connection
        waiting,
        leaving,    // has been let go, or is about to end
    };
    struct Child {
        pid_t process;
        std::optional<IpAddress> client;
        Fd line;
        State state = State::busy;
    };
    static bool is_connected(const Child& child) { return child.state == State::busy || child.state == State::last_time; }
    static void dismiss(Child& child);

    std::vector<Child> children_;  // searched from end to end: some hundred entries cost less than the fork
};

}  // namespace mailpipe::net

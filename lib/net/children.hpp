// SPDX-License-Identifier: ISC
// The sessions that run: how many, and for whom.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

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

    void started(pid_t process, const std::optional<IpAddress>& client);
    void ended(pid_t process);
    void signal_all(int number) const;
    std::size_t count() const { return children_.size(); }

private:
    struct Child {
        pid_t process;
        std::optional<IpAddress> client;
    };
    std::vector<Child> children_;  // searched from end to end: some hundred entries cost less than the fork
};

}  // namespace mailpipe::net

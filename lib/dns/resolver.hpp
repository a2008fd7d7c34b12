// SPDX-License-Identifier: ISC
// The interface to the DNS: questions that may be many at once, and their answers. Real: CaresResolver; in tests: a zone in
// memory (tests/support/zone_resolver.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/message.hpp"
#include "dns/record.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::dns {

enum class Status {
    found,         ///< at least one record of the type
    no_data,       ///< the name exists, or others below it do, but has no such record
    no_such_name,  ///< NXDOMAIN, or it can't be a name at all
    failed,        ///< temporary: nothing is known; `trouble` says why
};

struct Answer {
    Status status = Status::failed;
    bool is_authentic = false;          ///< the server says that it has validated all of it (AD)
    std::string name;                   ///< where the CNAMEs lead to, lower case; else the name that was asked
    std::vector<std::string> aliases;   ///< the CNAMEs on the way, first the name that was asked
    std::vector<net::IpAddress> addresses;  ///< of A or AAAA
    std::vector<Mx> mx;                 ///< as they came
    std::vector<std::string> texts;     ///< octets; one for each TXT record
    std::vector<std::string> hosts;     ///< of PTR
    std::vector<Tlsa> tlsa;
    std::uint32_t ttl = 0;              ///< seconds, of the shortest-lived record that counted; 0 where there is none
    std::string trouble;                ///< of a failure: "SERVFAIL", "REFUSED", "timed out", "a CNAME loop" …
};

using Callback = std::function<void(const Answer&)>;

class Resolver {
public:
    virtual ~Resolver() = default;

    /// Asks for records of one type at `name` (in A-labels). `callback` is called once, from within wait(), never from
    /// within this; it may ask again. A resolver that is destroyed forgets what is outstanding.
    virtual void ask(std::string name, Type type, Callback callback) = 0;
    /// Waits until there are answers, `at_most` so long, and calls back. False: none came.
    virtual bool wait(std::chrono::milliseconds at_most) = 0;
    /// Questions whose callbacks have not been called.
    virtual std::size_t outstanding() const = 0;
};

/// One question, and the wait for its answer. Others that are outstanding are called back meanwhile.
Answer ask(Resolver& resolver, std::string name, Type type);

/// CNAMEs that are followed within one answer; more are a failure, as a loop is.
constexpr std::size_t max_aliases = 16;

/// What `message` says of `name` (presentation form, in any case) and `type`.
Answer read_answer(Message message, std::string_view name, Type type);

/// A failure, and why.
Answer failed_answer(std::string_view name, std::string trouble);

}  // namespace mailpipe::dns

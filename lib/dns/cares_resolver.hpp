// SPDX-License-Identifier: ISC
// The DNS through c-ares: EDNS, TCP where an answer does not fit, AD, several servers, many questions at once.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <optional>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "dns/resolver.hpp"
#include "net/socket_address.hpp"

struct ares_channeldata;  // c-ares' headers stay in cares_resolver.cpp

namespace mailpipe::dns {

struct CaresOptions {
    /// Asked in this order, the next one after a time-out, SERVFAIL or REFUSED; one that was silent is asked last from then
    /// on. None: those of resolv.conf(5).
    std::vector<net::SocketAddress> servers{};
    std::chrono::milliseconds timeout{4000};  ///< of one try; up to a half is taken off it at random
    unsigned tries = 3;                       ///< with each server, while they are silent
    std::size_t max_in_flight = 256;          ///< questions on the wire; others wait: servers' sockets overflow at some thousands
    unsigned per_second = 0;                  ///< questions sent at most; 0: no limit
};

/// A process that forks has to open one of its own in the child; destroying the parent's there harms nobody.
class CaresResolver final : public Resolver {
public:
    /// Errors: transient, when there are no descriptors or no memory; permanent, 78, for a server that can't be one.
    static Result<std::unique_ptr<CaresResolver>> open(const CaresOptions& options);
    ~CaresResolver() override;
    CaresResolver(const CaresResolver&) = delete;

    void ask(std::string name, Type type, Callback callback) override;
    bool wait(std::chrono::milliseconds at_most) override;
    std::size_t outstanding() const override { return waiting_.size() + in_flight_ + finished_.size(); }

    /// For who polls other things, too: readable when wait(0) has something to do. It must be called once after asking,
    /// which sends the questions, and every second or so, for time-outs.
    const Fd& file() const { return poller_; }

private:
    struct Server;
    struct Question;
    using QuestionPtr = std::unique_ptr<Question>;

    CaresResolver(const CaresOptions& options, Fd poller);
    Result<void> add_server(const net::SocketAddress& address);
    void send_waiting();
    void send(QuestionPtr question);
    void send_to(Server& server, QuestionPtr question);
    std::uint16_t random_id();
    void take(QuestionPtr question, int status, std::string_view octets);
    void try_again_or_fail(QuestionPtr question, std::string trouble);
    void finish(QuestionPtr question, Answer answer);
    bool call_back();
    std::chrono::milliseconds time_to_next(std::chrono::milliseconds at_most) const;
    void process(std::chrono::milliseconds at_most);
    bool may_send();

    static void socket_changed(void* server, int socket, int readable, int writable);
    static void answered(void* question, int status, int timeouts, unsigned char* octets, int size);

    CaresOptions options_;
    Fd poller_;  // epoll(7), of all sockets of all servers
    pid_t process_;
    std::vector<std::unique_ptr<Server>> servers_;
    std::size_t first_server_ = 0;  // the one that is asked first
    std::deque<QuestionPtr> waiting_;
    std::size_t in_flight_ = 0;
    std::deque<QuestionPtr> finished_;
    std::chrono::steady_clock::time_point next_send_{};
    std::array<std::uint16_t, 128> ids_{};
    std::size_t ids_left_ = 0;
    bool is_closing_ = false;
};

/// "192.0.2.53:53", "[2001:db8::1]:53", and without a port, which is 53 then. Errors: permanent, 78.
Result<std::vector<net::SocketAddress>> parse_servers(const std::vector<std::string>& texts);

}  // namespace mailpipe::dns

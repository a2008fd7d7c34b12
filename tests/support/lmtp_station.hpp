// SPDX-License-Identifier: ISC
// Local delivery on a Unix socket, which takes everything but what is for "later", and ends conversations as it is told.
#pragma once

#include <sys/socket.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/files.hpp"
#include "net/socket_address.hpp"
#include "support/catch.hpp"

namespace mailpipe::test {

class LmtpStation {
public:
    enum class End { never, after_message, at_mail, at_text };
    /// One for each conversation, in order; the last counts for all that come after it.
    struct Rules {
        std::vector<End> ends{End::never};
        std::string extensions = "250 PIPELINING\r\n";
    };

    LmtpStation(const std::string& path, Rules rules)
        : rules_(std::move(rules)), address_(net::parse_socket_address("unix:" + path).value()) {
        listener_ = Fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(::bind(listener_.number(), address_.native(), address_.size) == 0);
        REQUIRE(::listen(listener_.number(), 8) == 0);
        thread_ = std::thread{[this] { serve(); }};
    }
    LmtpStation(const LmtpStation&) = delete;
    ~LmtpStation() { stop(); }

    /// Whoever talks to it has to end that first.
    void stop() {
        ::shutdown(listener_.number(), SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
    }
    const net::SocketAddress& address() const { return address_; }

    // After stop().
    std::size_t conversations() const { return heard_.size(); }
    const std::string& heard(std::size_t conversation) const { return heard_.at(conversation); }

private:
    /// A peer that has gone, without waiting for the answer to QUIT, is no reason to die.
    static void say(const Fd& peer, std::string_view text) { (void)::send(peer.number(), text.data(), text.size(), MSG_NOSIGNAL); }

    void serve() {
        for (;;) {
            const Fd peer{::accept(listener_.number(), nullptr, nullptr)};
            if (!peer) return;
            const auto end = rules_.ends[std::min(heard_.size(), rules_.ends.size() - 1)];
            heard_.emplace_back();
            say(peer, "220 x\r\n");
            bool goes_on = true;
            char buffer[65536];
            std::string left;
            for (ssize_t n = 0; goes_on && (n = ::recv(peer.number(), buffer, sizeof buffer, 0)) > 0;) {
                left.append(buffer, static_cast<std::size_t>(n));
                std::string replies;
                for (auto at = left.find("\r\n"); goes_on && at != left.npos; at = left.find("\r\n")) {
                    goes_on = obey(left.substr(0, at), end, replies);
                    left.erase(0, at + 2);
                }
                say(peer, replies);
            }
            recipients_ = 0;
            in_text_ = false;
        }
    }

    /// False: the conversation is over.
    bool obey(const std::string& line, End end, std::string& replies) {
        heard_.back() += line + "\n";
        if (in_text_ && line != ".") return true;
        const auto verb = line.substr(0, line.find(' '));
        if (verb == "LHLO") {
            replies += "250-x\r\n" + rules_.extensions;
        } else if (verb == "MAIL") {
            recipients_ = 0;
            if (end == End::at_mail) return false;
            replies += "250 ok\r\n";
        } else if (verb == "RCPT" && line.find("later@") != line.npos) {
            replies += "451 4.2.0 later\r\n";
        } else if (verb == "DATA") {
            in_text_ = true;
            replies += "354 go on\r\n";
        } else if (in_text_ || verb == "XLINK") {
            in_text_ = false;
            if (end == End::at_text) return false;
            for (int n = 0; n < recipients_; ++n) replies += "250 2.0.0 stored\r\n";
            if (end == End::after_message) replies += "421 4.4.2 timed out\r\n";
            return end != End::after_message;
        } else {
            recipients_ += verb == "RCPT";
            replies += "250 ok\r\n";
        }
        return verb != "QUIT";
    }

    Rules rules_;
    net::SocketAddress address_;
    Fd listener_;
    std::thread thread_;
    std::vector<std::string> heard_;
    int recipients_ = 0;
    bool in_text_ = false;
};

}  // namespace mailpipe::test

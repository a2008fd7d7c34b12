// SPDX-License-Identifier: ISC
// A host on the loopback that takes mail, or does worse.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "io/fd_stream.hpp"
#include "net/socket_address.hpp"
#include "smtp/session.hpp"
#include "support/catch.hpp"
#include "support/scripted_mailroom.hpp"
#include "tls/signed_site.hpp"

namespace mailpipe::test {

/// A host on the loopback: what it does with its connections, one after another; the last one's way counts for all that follow.
class Host {
public:
    using Way = std::function<void(int peer)>;

    explicit Host(std::vector<Way> ways, const std::string& at = "127.0.0.1:0")
        : address(net::parse_socket_address(at).value()), ways_(std::move(ways)) {
        const int on = 1;  // who had the port a moment ago is in nobody's way
        ::setsockopt(listener_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        REQUIRE(::bind(listener_.number(), address.native(), address.size) == 0);
        REQUIRE(::listen(listener_.number(), 8) == 0);
        address = net::local_address(listener_.number()).value();
        thread_ = std::thread{[this] { serve(); }};
    }
    Host(const Host&) = delete;
    ~Host() {
        ::shutdown(listener_.number(), SHUT_RDWR);
        thread_.join();
    }

    net::SocketAddress address;

private:
    void serve() {
        for (std::size_t count = 0;; ++count) {
            const Fd peer{::accept(listener_.number(), nullptr, nullptr)};
            if (!peer) return;
            ways_[std::min(count, ways_.size() - 1)](peer.number());
        }
    }

    std::vector<Way> ways_;
    Fd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::thread thread_;
};

inline const SignedSite& certificates() {
    static const SignedSite made;
    return made;
}

/// A whole server, with TLS and without.
struct Server {
    ScriptedMailroom mailroom;
    std::vector<std::string> tls;  ///< of each message taken

    void serve(int peer, bool offers_tls) {
        io::FdStream stream{peer, peer};
        io::Channel channel{stream};
        std::unique_ptr<tls::TlsStream> secured;
        smtp::StartTls start_tls;
        const auto context = tls::Context::server(certificates().dir / "server", "").value();
        if (offers_tls) {
            start_tls.shake_hands = [&]() -> Result<smtp::StartedTls> {
                auto shaken = tls::TlsStream::accept(context, stream, io::Deadline::after(std::chrono::seconds{5}));
                if (!shaken) return failure(shaken.error());
                secured = std::move(*shaken);
                return smtp::StartedTls{*secured, secured->description()};
            };
        }
        (void)smtp::serve(channel, {.address = "127.0.0.1"}, mailroom, {.hostname = "mx.example"}, start_tls);
    }
    Host::Way with_tls() { return [this](int peer) { serve(peer, true); }; }
    Host::Way without_tls() { return [this](int peer) { serve(peer, false); }; }
};

/// Says all of `text`, whatever it hears, until the client has closed.
inline Host::Way says(std::string text) {
    return [text = std::move(text)](int peer) {
        (void)::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
        char heard[4096];
        while (::recv(peer, heard, sizeof heard, 0) > 0) continue;
    };
}

/// Greets with the first, then has one for each line; after the last one it waits for another line, and is gone.
inline Host::Way answers(std::vector<std::string> replies) {
    return [replies = std::move(replies)](int peer) {
        char heard[4096];
        for (const auto& reply : replies) {
            const auto line = reply + "\r\n";
            (void)::send(peer, line.data(), line.size(), MSG_NOSIGNAL);
            if (::recv(peer, heard, sizeof heard, 0) <= 0) return;
        }
    };
}

inline const tls::ClientContext& trusting() {
    static const auto context = tls::ClientContext::make(certificates().dir / "ca").value();
    return context;
}

}  // namespace mailpipe::test

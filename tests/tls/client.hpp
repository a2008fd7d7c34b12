// SPDX-License-Identifier: ISC
// The other end of a TLS connection: plain OpenSSL in a thread of its own.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <thread>

#include <openssl/ssl.h>

#include "base/fd.hpp"

namespace mailpipe::test {

/// What the thread's function gets: handshaken, or not when `SSL_connect` failed.
struct Client {
    SSL* ssl;
    bool connected;
};

class ClientThread {
public:
    using ContextSetup = std::function<void(SSL_CTX*)>;
    using Talk = std::function<void(Client)>;

    explicit ClientThread(Talk talk, const ContextSetup& set_up = {}, SSL_SESSION* resumed = nullptr) {
        int ends[2];
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
        server_end_ = Fd{ends[0]};
        client_end_ = Fd{ends[1]};
        context_.reset(SSL_CTX_new(TLS_client_method()));
        if (set_up) set_up(context_.get());
        thread_ = std::thread{[this, talk = std::move(talk), resumed] {
            const std::unique_ptr<SSL, decltype(&SSL_free)> ssl{SSL_new(context_.get()), SSL_free};
            SSL_set_fd(ssl.get(), client_end_.number());
            if (resumed != nullptr) SSL_set_session(ssl.get(), resumed);
            const bool connected = SSL_connect(ssl.get()) == 1;
            talk({ssl.get(), connected});
            client_end_ = Fd{};
        }};
    }
    ~ClientThread() {
        server_end_ = Fd{};  // whatever it waits for comes to an end
        thread_.join();
    }
    ClientThread(const ClientThread&) = delete;

    int server_end() const { return server_end_.number(); }

private:
    Fd server_end_;
    Fd client_end_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, SSL_CTX_free};
    std::thread thread_;
};

}  // namespace mailpipe::test

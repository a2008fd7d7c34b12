// SPDX-License-Identifier: ISC
// A conversation with one host of a site: connected, greeted, under TLS as far as it has to be, then one message after
// another (RFC 5321, RFC 3207, RFC 7672).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "io/channel.hpp"
#include "io/fd_stream.hpp"
#include "net/socket_address.hpp"
#include "mta/remote/transfer.hpp"
#include "smtp/client.hpp"
#include "smtp/login.hpp"
#include "tls/tls_stream.hpp"

namespace mailpipe::mta {

/// What a host has to prove before it gets mail.
enum class Security {
    none,           ///< nothing: STARTTLS is not asked for
    opportunistic,  ///< TLS where it can be had, whoever it is
    encrypted,      ///< TLS, whoever it is
    verified,       ///< TLS, and a CA of this host vouches for its name
    dane,           ///< TLS, and its TLSA records do
};

struct RemoteHost {
    std::string name;  ///< in A-labels
    net::SocketAddress address;
    Security security = Security::opportunistic;
    tls::Expectation expectation{};  ///< for verified and dane
    bool tls_first = false;          ///< RFC 8314 section 3.3: no STARTTLS, TLS is there from the first octet
    smtp::Protocol protocol = smtp::Protocol::smtp;
    smtp::Chunking chunking = smtp::Chunking::when_offered;
    std::optional<smtp::Login> login{};  ///< who we are there

    /// For people: "mx.example.org[192.0.2.1]:25".
    std::string to_string() const;
};

/// How all hosts are talked to.
struct HostRules {
    std::string hostname;  ///< ours, for EHLO
    const tls::ClientContext* tls = nullptr;  ///< null: there is no TLS
    std::optional<net::IpAddress> source_v4{}, source_v6{};
    std::chrono::seconds connect_timeout{30};
    smtp::ClientTimeouts timeouts{};
};

/// This host gets nothing now. What recipients are told when no other one does.
struct HostFailure {
    enum class Step { connection, greeting, security, login } step;
    smtp::Reply reply;
};

class HostSession {
public:
    static tl::expected<std::unique_ptr<HostSession>, HostFailure> open(const RemoteHost& host, const HostRules& rules);

    /// One transaction, with the text from `file`: a reply for each recipient, in their order; 4yz where the conversation broke
    /// before theirs came. Each names the host first, and the command that it is about: spool(5), Journal.
    /// `begins` is called right before the text is sent; with Transfer::text_waits that is when somebody is accepted.
    std::vector<smtp::Reply> send(const Transfer& transfer, const Fd& file, const std::function<void()>& begins = [] {});

    /// False: it is over, or the host has said or done something since the last message (421, a close).
    bool is_usable() const;
    /// The last send() broke before any text: the host can't have the message.
    bool broke_before_text() const { return broken_ && !text_began_; }
    /// The last send() brought some reply of the host's, and not only silence.
    bool has_answered() const { return has_answered_; }
    /// The last send() found that the host offers CHUNKING and does not know it: nobody has the message; over a new conversation it
    /// goes without.
    bool knows_no_bdat() const { return knows_no_bdat_; }
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS.
    std::string tls_description() const { return tls_ ? tls_->description() : std::string{}; }
    tls::Trust trust() const { return trust_; }
    const smtp::Extensions& extensions() const { return session_.extensions(); }
    /// Waits until `other` can be read from. False: the host has ended the conversation, or said something unasked.
    bool wait_for(int other);
    /// Of one transaction: what the host tells (RFC 9422), or what each one takes (RFC 5321 section 4.5.3.1.8).
    std::size_t max_recipients() const;
    /// QUIT, where it can still be understood.
    void quit();

private:
    HostSession(Fd socket, const RemoteHost& host, const HostRules& rules);
    std::optional<HostFailure> begin();
    std::optional<HostFailure> secure();
    std::optional<HostFailure> log_in();
    Result<void> shake_hands();
    smtp::Reply from_host(const smtp::Reply& reply, std::optional<smtp::ClientCommand> command) const;

    Fd socket_;
    io::FdStream stream_;
    io::Channel channel_;
    smtp::ClientSession session_;
    const RemoteHost host_;
    const HostRules& rules_;
    std::unique_ptr<tls::TlsStream> tls_;
    tls::Trust trust_ = tls::Trust::nobody;
    std::string trouble_;      // why it is nobody
    std::string tls_trouble_;  // why there is no TLS, though the host offers it
    std::size_t sent_ = 0;  // transactions
    bool broken_ = false;
    bool text_began_ = false;
    bool has_answered_ = false;
    bool knows_no_bdat_ = false;
};

}  // namespace mailpipe::mta

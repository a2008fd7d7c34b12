// SPDX-License-Identifier: ISC
// A conversation with one address of a mail host up to where mail would begin, and what was heard: greeting, EHLO, STARTTLS, the
// certificate, QUIT (RFC 5321, RFC 3207). MAIL is never said.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mta/remote/host_security.hpp"
#include "net/socket_address.hpp"
#include "smtp/reply.hpp"
#include "tls/client_context.hpp"

namespace mailpipe::mta {

/// How all of them are talked to.
struct ProbeRules {
    std::string hostname;  ///< ours, for EHLO
    const tls::ClientContext* tls;
    std::uint16_t port = 25;
    std::chrono::seconds patience{30};  ///< to connect, for the handshake, and for each reply
};

/// What a route's tls= would ask of a host, or why it would get no mail whatever it proves.
struct Demand {
    std::string_view level;  ///< "none" to "dane"; "default" where no level is named
    tl::expected<Security, std::string> security;
};

struct ProbeTarget {
    std::string host;  ///< as the MX has it
    net::SocketAddress address;
    tls::Expectation expectation{};
    HostTlsa tlsa{};
    std::vector<Demand> demands{};

    /// "mx.example.org[192.0.2.1]:25".
    std::string to_string() const;
};

enum class ProbeStep { connect, greeting, ehlo, starttls, handshake, ehlo_under_tls };
/// "connect", "greeting", "ehlo", "starttls", "handshake", "ehlo-under-tls".
std::string_view to_string(ProbeStep step);

struct ProbedTls {
    std::string description;  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"
    tls::Verdict verdict;
    tls::PeerCertificate certificate;
    std::vector<std::string> extensions{};  ///< of the EHLO under TLS
};

struct HostProbe {
    struct Failure {
        ProbeStep step;
        std::string what;  ///< the refusal, or what broke; may have octets of the host's
    };
    ProbeTarget target;
    std::time_t time;                       ///< when it began
    std::optional<smtp::Reply> greeting{};
    std::vector<std::string> extensions{};  ///< lines of the reply to EHLO but the first; none of HELO
    std::optional<ProbedTls> tls{};
    std::optional<Failure> failure{};       ///< where it came to an end early

    /// Somebody took the connection.
    bool is_reached() const { return !failure || failure->step != ProbeStep::connect; }
    bool takes_clear_text() const { return !failure || failure->step >= ProbeStep::starttls; }
    bool takes_tls() const { return tls && !failure; }
};

/// Blocks, for seven times `patience` and five seconds at most. What fails is in the value. Several may run at the same time.
HostProbe probe_host(const ProbeTarget& target, const ProbeRules& rules);

}  // namespace mailpipe::mta

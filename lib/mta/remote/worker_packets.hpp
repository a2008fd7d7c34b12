// SPDX-License-Identifier: ISC
// What the dispatcher and a worker say to each other, one packet of a SOCK_SEQPACKET socket each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "mta/remote/host_session.hpp"
#include "mta/remote/transfer.hpp"
#include "smtp/reply.hpp"
#include "tls/client_context.hpp"

namespace mailpipe::mta {

/// A packet fits into the send buffer that a socket has by default (unix(7), net.core.wmem_default).
constexpr std::size_t max_packet_octets = 128 * 1024;

/// The conversation with the host is open.
struct Connected {
    std::string tls;  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS
    tls::Trust trust = tls::Trust::nobody;
    bool offers_dsn = false;
    bool offers_requiretls = false;
    std::size_t max_recipients = 0;  ///< of one transaction

    bool operator==(const Connected&) const = default;
};

/// Of a transfer with text_waits: from now on the host may have the message.
struct TextBegins {};

/// What a transfer came to.
struct Finished {
    std::vector<smtp::Reply> replies;  ///< for each recipient
    bool is_untouched = false;         ///< the conversation broke before any text: nobody can have the message
    bool goes_on = false;              ///< another transfer may follow
    bool has_answer = false;           ///< some reply is the host's
};

/// The host has ended the conversation between two transfers. One that was sent meanwhile is untouched.
struct Leaving {};

using WorkerReport = std::variant<Connected, HostFailure, TextBegins, Finished, Leaving>;

std::string to_packet(const WorkerReport& report);
/// Errors: transient, it is no such packet.
Result<WorkerReport> parse_report(std::string_view packet);

/// Errors: permanent, the envelope can't be written down, or is too long for a packet.
Result<std::string> to_packet(const Transfer& transfer);
Result<Transfer> parse_transfer(std::string_view packet);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// The server's side of SMTP (RFC 5321) and LMTP (RFC 2033): what it is told, what it knows, and serve().
// Each verb has a file of its own; the table of them is in session.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/channel.hpp"
#include "io/data_decoder.hpp"
#include "mail/envelope.hpp"
#include "smtp/mailroom.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::smtp {

enum class Protocol { smtp, lmtp };

/// A CR without LF, or an LF without CR, inside a message. In a command it is always refused.
enum class BareNewline {
    refuse,     ///< 550 5.5.2 when the message has been read to its end
    normalise,  ///< a line end like any other
};

/// Where AUTH is offered. Anywhere else it is not listed, and gets 538 5.7.11 (RFC 4954 section 4).
enum class AuthPolicy { never, protected_only /* under TLS, or on loopback */, anywhere };

struct Limits {
    std::uint64_t message_octets = 50 * 1024 * 1024;  ///< as SIZE counts them; 0: no limit
    std::size_t recipients = 1000;                    ///< of one message; at least 100 (RFC 5321 section 4.5.3.1.8)
    std::size_t line_octets = 2048;                   ///< of a command, with CRLF; at least 512
    unsigned errors = 20;                             ///< 5yz since the last message taken; then 421. 0: no limit
    unsigned unknown_commands = 5;                    ///< the same for verbs that don't exist
    unsigned failed_logins = 3;                       ///< in the session; at least 3 (RFC 4954 section 9)
    unsigned commands = 5000;                         ///< since the last message taken; then 421. 0: no limit
    /// RFC 5321 section 4.5.3.2.7. Also for a block of data: one value costs a socket no setsockopt(2) a message.
    std::chrono::seconds timeout{300};
    std::chrono::hours session{6};                    ///< from greeting to 421, so that no trickle lasts; 0: no limit
};

struct Session;

/// A verb beside the standard ones, listed in the reply to EHLO by its name. It stands in DATA's place: it ends the
/// transaction by calling finish_message(), or answers with reply() and leaves it open. It is run wherever it comes, as it
/// may have to get rid of what came with it, and answers 503 itself where !may_take_message().
struct PrivateVerb {
    std::string name;
    std::function<Result<void>(Session& session, std::string_view arguments)> run;
};

struct Settings {
    std::string hostname;
    Protocol protocol = Protocol::smtp;
    AuthPolicy auth = AuthPolicy::never;
    bool login_required = false;        ///< MAIL and VRFY get 530 5.7.0 before AUTH (RFC 6409 section 4.3)
    BareNewline bare_newline = BareNewline::refuse;
    bool takes_xid = false;             ///< XID is offered: MAIL … XID=<id>, see Mailroom::refuse_sender()
    std::vector<PrivateVerb> private_verbs{};
    Limits limits{};
};

/// What came out of a TLS handshake.
struct StartedTls {
    io::Stream& stream;       ///< outlives the session
    std::string description;  ///< for Client::tls
    sasl::ChannelBinding channel_binding{};
};
using Handshake = std::function<Result<StartedTls>()>;
struct StartTls {
    /// Called before the reply to STARTTLS. False: 454 4.7.0, and the session goes on without (RFC 3207 section 4).
    std::function<bool()> is_possible = [] { return true; };
    /// Called when the 220 has gone out and nothing of the peer's is in the buffer. Errors end the session.
    /// An empty function: STARTTLS is not offered.
    Handshake shake_hands{};
};

/// Talks with one client until it says QUIT, closes, or is sent away. The reply that ends it has been sent.
/// Errors: transient, for a peer that is gone or too slow (which has been told 421 4.4.2).
Result<void> serve(io::Channel& channel, Client client, Mailroom& mailroom, const Settings& settings,
                   const StartTls& start_tls);

// The rest is for the verbs.

/// Where a session is; a verb names all the places where it may come.
enum Stage : unsigned {
    connected = 1,      ///< no EHLO yet
    greeted = 2,        ///< between messages
    has_sender = 4,     ///< MAIL taken
    has_recipient = 8,  ///< and a RCPT
    has_chunk = 16,     ///< and a BDAT that was not the last
};

struct Session {
    io::Channel& channel;
    Mailroom& mailroom;
    const Settings& settings;
    const StartTls& start_tls;
    io::Deadline end;  // of the whole session

    Client client;
    Stage stage = connected;
    bool over = false;

    // One transaction.
    mail::Envelope envelope{};
    std::unique_ptr<Incoming> incoming{};
    io::DataDecoder decoder{io::DataDecoder::Form::dotted};
    std::optional<Reply> trouble{};  ///< why the message that is still coming in will be refused

    // Since the last message taken, but for failed_logins.
    unsigned errors = 0;
    unsigned unknown_commands = 0;
    unsigned commands = 0;
    unsigned failed_logins = 0;

    bool is_lmtp() const { return settings.protocol == Protocol::lmtp; }
};

/// Gathers the reply. Turns a negative one into 421 when it is one too many; the session is over then.
Result<void> reply(Session& session, Reply reply);

/// One reply for all recipients, or for each in order (LMTP); ends the transaction.
Result<void> finish_message(Session& session, const std::vector<Reply>& replies);
/// The same reply to all.
Result<void> finish_message(Session& session, const Reply& reply);

/// Is it where DATA may come?
bool may_take_message(const Session& session);

/// Drops sender, recipients and text: RSET.
void reset(Session& session);

/// As io::Channel's, with the session's deadline. A peer that is too slow is told 421 4.4.2 before the error comes back;
/// when it has closed, peek() makes the session over.
Result<std::optional<io::Line>> read_line(Session& session, std::size_t limit);
Result<std::span<char>> peek(Session& session);
io::Deadline deadline(const Session& session);

/// For an error of the mailroom: 452 4.3.1 where there is no room, 451 4.3.0 for what is transient, else 554 5.3.0.
Reply refusal(const Error& error);
/// The same for what somebody here will mend: never 554.
Reply temporary_refusal(const Error& error);

/// What SCRAM has to ask on this connection.
sasl::ScramWorld scram_world(const Session& session);
/// May this client log in, as far as the connection is concerned?
bool offers_auth(const Session& session);

}  // namespace mailpipe::smtp

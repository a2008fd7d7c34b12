// SPDX-License-Identifier: ISC
// The client's side of SMTP (RFC 5321) and LMTP (RFC 2033): one connection, any number of messages, a reply for each
// recipient. Whom to ask, and when to ask again, is for others to decide.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/channel.hpp"
#include "io/text_sink.hpp"
#include "mail/envelope.hpp"
#include "smtp/extensions.hpp"
#include "smtp/login.hpp"
#include "smtp/outgoing_chunk.hpp"
#include "smtp/reply.hpp"
#include "smtp/session.hpp"

namespace mailpipe::smtp {

/// RFC 5321 section 4.5.3.2. A block of data has the channel's own time-out for writing.
struct ClientTimeouts {
    std::chrono::seconds command{300};  ///< also for the greeting
    std::chrono::seconds data{120};     ///< until the 354
    std::chrono::seconds end{600};      ///< after the final dot
    /// All commands before DATA together, with more for each recipient, and the text, with more for its octets: else one who answers
    /// just in time keeps a connection for hours (departs from RFC 5321 section 4.5.3.2 where each of many recipients takes minutes).
    std::chrono::seconds commands{900};
    std::chrono::seconds recipient{30};
    std::chrono::seconds text{300};
    static constexpr std::uint64_t least_octets_per_second = 1000;
};

/// What a server replies to. BDAT is mail data, too.
enum class ClientCommand { ehlo, lhlo, helo, starttls, auth, rset, mail, rcpt, data, mail_data };
/// "EHLO", "RCPT", …; "mail data" (RFC 5321 section 4.1.1.4).
std::string_view to_string(ClientCommand command);

/// MAIL says SMTPUTF8: for the text, or for an address (RFC 6531 section 3.4).
bool needs_utf8(const mail::Envelope& envelope);

/// What becomes of a message when the peer takes some of its recipients and refuses others.
enum class Refused {
    alone,          ///< the others get it
    with_the_rest,  ///< nobody gets it
};

struct OutgoingMessage {
    const mail::Envelope& envelope;  ///< with at least one recipient
    /// Gives the text to `write`, in pieces, the larger the better. An error ends the connection: half a message must not
    /// look whole.
    std::function<Result<void>(const io::TextSink& write)> text;
    /// For SIZE=, and whether the text is small enough to be sent before anybody is accepted. 0: unknown.
    std::uint64_t wire_octets = 0;
    bool eight_bit = false;         ///< some octet is above 127
    std::string_view xid{};         ///< for XID=, where that is offered
    Refused refused = Refused::alone;
    bool text_waits = false;  ///< nothing of it is sent before a recipient is accepted
};

struct Sent {
    /// One for each recipient, in order: to the message, or earlier to MAIL, RCPT or DATA. Nothing: the connection broke
    /// before it came, or the peer is out of step, so it may or may not have taken the message; or it was given up, for one who was
    /// refused. A refusal in the middle of the text is a reply to the message, and the end of the connection.
    std::vector<std::optional<Reply>> replies;
    /// What each of these answers. Nothing: there is none, or it is our own, and the peer was not asked.
    std::vector<std::optional<ClientCommand>> answered;
    std::optional<Error> broken;        ///< the connection is of no more use
    std::optional<ClientCommand> open;  ///< what was under way when it broke: told to those who have no reply
    bool text_began = false;  ///< else the peer can't have taken the message, whatever broke
    /// It offers CHUNKING and does not know BDAT. Broken, and for another connection: Chunking::never.
    bool knows_no_bdat = false;
};

enum class Chunking { when_offered, never };

/// Whether what a peer says before it was asked puts it out of step.
enum class Turns {
    believed,  ///< it is one of ours: replies are counted, and no more
    watched,   ///< a reply that comes too early, or is one too many, makes those doubtful that confirm a message
};

/// What a transaction needs of a session.
struct ClientPeer {
    io::Channel& channel;
    const Extensions& extensions;
    Protocol protocol;
    const ClientTimeouts& timeouts;
    OutgoingChunk& chunk;
    Turns turns = Turns::believed;
};

/// Who may listen to what a client says.
enum class Wire {
    open,     ///< anybody on the way
    guarded,  ///< nobody but the server: TLS, or loopback
};

class ClientSession {
public:
    /// Commands that are sent before their replies are read, where PIPELINING is offered: few enough for any window
    /// (RFC 2920 section 3.1).
    static constexpr std::size_t max_group = 100;

    /// `hostname` is ours, for EHLO. `channel` is borrowed.
    ClientSession(io::Channel& channel, Protocol protocol, std::string hostname, ClientTimeouts timeouts = {});

    /// Reads the greeting and says EHLO (HELO where EHLO gets 5yz) or LHLO. The last reply, which may be negative: this
    /// server takes nothing, but another one may. Errors of all these are transient; the connection is of no more use.
    Result<Reply> greet();
    /// What the reply, or the error, of the last greet(), start_tls() or authenticate() belongs to. Nothing: the greeting;
    /// or the words are our own.
    std::optional<ClientCommand> last_command() const { return last_command_; }
    const Extensions& extensions() const { return extensions_; }

    /// One command, without its CRLF, and the reply to it.
    Result<Reply> command(std::string_view line);
    /// STARTTLS, the handshake, and EHLO anew. The reply to the last of them that was asked: 220 never comes back.
    Result<Reply> start_tls(const Handshake& handshake);

    /// AUTH (RFC 4954), by the first mechanism that is offered of SCRAM-SHA-256, PLAIN and LOGIN, the latter two on a guarded
    /// wire only. 235: done. 535 is permanent, the password is wrong; 454 temporary, also where there is no mechanism for
    /// us; last_command() is nothing where the server was not asked.
    /// Errors: permanent for a user or password with NUL, which is not sent; else transient, and the connection is of no
    /// more use: it broke, or who is at its other end does not know the password either.
    Result<Reply> authenticate(const Login& login, Wire wire);

    /// One transaction. What the peer can't take (RFC 6531 section 3.5, RFC 6152 section 3, RFC 1870, RFC 8689) is refused
    /// here, with the reply that it would have given. That TLS is there, and whose, is for the caller to know. The text goes by BDAT
    /// where CHUNKING is offered, else by DATA.
    Sent send(const OutgoingMessage& message);
    void use_chunking(Chunking chunking) { chunking_ = chunking; }
    void watch_turns() { turns_ = Turns::watched; }

    /// QUIT, as the last that is said. The reply is not waited for: nothing would come of it (as Postfix does; departs from
    /// RFC 5321 section 4.1.1.10).
    void quit();

private:
    Result<Reply> read(std::chrono::seconds timeout);
    Result<Reply> hello();
    Result<Reply> hello(ClientCommand verb);
    Result<Reply> log_in_by_scram(const Login& login);
    Result<Reply> log_in_by_plain(const Login& login);
    Result<Reply> log_in_by_login(const Login& login);

    io::Channel& channel_;
    Protocol protocol_;
    std::string hostname_;
    ClientTimeouts timeouts_;
    Extensions extensions_;
    Chunking chunking_ = Chunking::when_offered;
    Turns turns_ = Turns::believed;
    OutgoingChunk chunk_;
    std::optional<ClientCommand> last_command_;
    bool unfinished_ = false;  // the last transaction has to be reset first
};

}  // namespace mailpipe::smtp

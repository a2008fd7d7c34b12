// SPDX-License-Identifier: ISC
// The server's side of POP3 (RFC 1939) with the extensions of RFC 2449, 2595, 3206, 5034 and 6856: what it is told,
// what it knows, and its two phases. The verbs have files of their own; the table of them is in session.cpp.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "io/channel.hpp"
#include "pop3/maildrop.hpp"
#include "pop3/text.hpp"
#include "pop3/uidl.hpp"
#include "sasl/exchange.hpp"
#include "sasl/users.hpp"

namespace mailpipe::pop3 {

/// Who is at the other end.
struct Client {
    std::string address;
    bool is_loopback = false;
    std::string tls{};  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS
};

/// A message with UTF-8 in its header, asked for by a client that did not say UTF8.
enum class UnaskedUtf8 {
    send,    ///< departs from RFC 6856 section 2.1, like every other server: hardly a client knows the command
    refuse,  ///< -ERR [UTF8]
};

struct Settings {
    bool tls_first = false;                   ///< before the greeting (RFC 8314 section 3.2)
    bool auth_without_tls = false;          ///< passwords in the clear, and not only from this host
    std::optional<unsigned> expire_days{};  ///< what EXPIRE says; nothing: NEVER. 0: what was retrieved goes at QUIT
    std::chrono::seconds login_delay{0};    ///< between two logins of one user
    UidlFormat uidl_format{};
    UnaskedUtf8 unasked_utf8 = UnaskedUtf8::send;
    bool mark_seen = true;                            ///< what was retrieved has the flag S after QUIT
    Language preferred_language = Language::english;  ///< for LANG *
    std::chrono::seconds idle_timeout{600};           ///< at least ten minutes: RFC 1939 section 3
    std::chrono::seconds login_timeout{180};          ///< for all of the time before the login
    std::chrono::milliseconds failure_delay{2000};    ///< before the reply to a wrong password
    unsigned failed_logins = 3;                       ///< then the session is over
    unsigned bad_commands = 20;                       ///< the same for what is no command
};

/// "never" (nothing), or up to 65535 days. Errors: permanent, 78.
Result<std::optional<unsigned>> parse_expire(std::string_view text);

/// What came out of a TLS handshake.
struct StartedTls {
    io::Stream& stream;       ///< outlives the session
    std::string description;  ///< for Client::tls
    sasl::ChannelBinding channel_binding{};
};

/// What a session asks of the world.
struct World {
    std::function<Result<std::optional<sasl::User>>(std::string_view name, std::string_view password)> verify;
    /// Empty: SCRAM is not offered.
    sasl::FindScramUser find_for_scram{};
    /// Called before the reply to STLS. False: -ERR, and the session goes on without.
    std::function<bool()> tls_is_possible = [] { return true; };
    /// Called when the +OK to STLS has gone out and nothing of the peer's is in the buffer. Errors end the session.
    /// An empty function: STLS is not offered.
    std::function<Result<StartedTls>()> start_tls;
    /// From the stranger's phase to the owner's: gives up privileges, and tells where the user's Maildir is.
    std::function<Result<std::string>(const sasl::User& user)> enter;
    const Clock& clock = system_clock();
};

/// Talks with one client until it says QUIT, closes, or is sent away: authorize(), `enter`, transact().
/// Errors: transient, for a peer that is gone or too slow.
Result<void> serve(io::Channel& channel, Client client, const Settings& settings, const World& world);

// The rest is for the verbs.

/// Where a session is; a verb names the places where it may come (RFC 1939 section 3).
enum Stage : unsigned { authorization = 1, transaction = 2, over = 4 };

struct Session {
    io::Channel& channel;
    const Settings& settings;
    const World& world;
    Client client;
    io::Deadline login_until;

    sasl::ScramWorld scram{world.find_for_scram};  // bound to the channel once there is TLS
    Stage stage = authorization;
    Language language = Language::english;
    bool utf8 = false;
    std::string name{};  // of USER
    unsigned failed_logins = 0;
    unsigned bad_commands = 0;
    std::optional<sasl::User> user{};    // set: the stranger's phase is over
    std::optional<Maildrop> maildrop{};  // set in the stage `transaction`
    std::unique_ptr<char[]> buffer{};    // of message_octets, once a message is asked for
    std::uint64_t octets_sent = 0;       // of messages
    std::size_t deleted = 0;
    std::string_view end = "closed";     // for the log

    static constexpr std::size_t message_octets = 128 * 1024;
    char* message_buffer();
};

/// The handshake; everything before it is forgotten.
Result<void> start_tls(Session& session);

/// AUTHORIZATION, up to a right password. The user is set then, and the reply is still owed.
Result<void> authorize(Session& session);
/// Opens the mailbox, pays that reply, and obeys until QUIT. What is marked is removed at QUIT only.
Result<void> transact(Session& session, const std::string& maildir);

void ok(Session& session, Text text);
/// "+OK <data> text".
void ok(Session& session, std::string_view data, Text text);
void err(Session& session, Text text);
/// "-ERR [code] text".
void err(Session& session, std::string_view code, Text text);
void end_of_list(Session& session);

/// May passwords be sent on this connection?
bool offers_login(const Session& session);

/// The next line from the peer; nothing when it has closed, and the session is over.
Result<std::optional<io::Line>> read_line(Session& session, std::size_t limit);

/// What came by PASS or AUTH: when it is right, the stranger's phase is over.
void log_in(Session& session, const sasl::Credentials& credentials);
/// Says so, and ends the session when it was once too often.
void failed_login(Session& session, std::string_view code, Text text);

}  // namespace mailpipe::pop3

// SPDX-License-Identifier: ISC
// A session of IMAP (RFC 9051 and RFC 3501) as the server sees it: what it is told, and what it knows.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "imap/session/capabilities.hpp"
#include "imap/grammar/command.hpp"
#include "imap/grammar/fetch.hpp"
#include "imap/grammar/sequence_set.hpp"
#include "imap/grammar/string.hpp"
#include "imap/session/selected.hpp"
#include "io/channel.hpp"
#include "io/deflate_stream.hpp"
#include "sasl/exchange.hpp"
#include "sasl/users.hpp"
#include "store/quota.hpp"
#include "store/tree/tree.hpp"

namespace mailpipe::imap {

/// Who is at the other end.
struct Client {
    std::string address;
    bool is_loopback = false;
    std::string tls{};  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty without TLS
};

struct Settings {
    std::string hostname;
    bool tls_first = false;         ///< before the greeting (RFC 8314 section 3.2)
    bool auth_without_tls = false;  ///< passwords in the clear, and not only from this host
    store::NameRules names{};
    std::uint64_t append_limit = 64 * 1024 * 1024;       ///< octets of one message
    std::set<std::string> without{};                     ///< capabilities that are not offered, in capitals
    std::chrono::seconds idle_timeout{1800};             ///< at least thirty minutes: RFC 9051 section 5.4
    std::chrono::seconds login_timeout{180};             ///< for all of the time before the login
    std::chrono::seconds still_here{120};                ///< between two lines to a client in IDLE
    std::chrono::seconds progress{10};                   ///< between two INPROGRESS: RFC 9585 section 4.2
    std::chrono::milliseconds failure_delay{2000};       ///< before the reply to a wrong password
    unsigned failed_logins = 3;                          ///< then the session is over
    unsigned bad_commands = 20;                          ///< the same for what is no command, before the login
};

/// What came out of a TLS handshake.
struct StartedTls {
    io::Stream& stream;       ///< outlives the session
    std::string description;  ///< for Client::tls
    sasl::ChannelBinding channel_binding{};
};

/// Where a user's mail is.
struct Home {
    std::string maildir;
    std::string index;  ///< directory of the indexes; empty: each in its folder
    store::Quota quota{};
    std::set<std::string> without{};  ///< as Settings::without, for this user
    bool keeps_rights = false;        ///< the process may do what it might before the login: it can go back
};

/// What a session asks of the world.
struct World {
    std::function<Result<std::optional<sasl::User>>(std::string_view name, std::string_view password)> verify;
    sasl::FindScramUser find_scram_user{};
    /// Called before the reply to STARTTLS. False: NO, and the session goes on without.
    std::function<bool()> tls_is_possible = [] { return true; };
    /// Called when the OK to STARTTLS has gone out and nothing of the peer's is in the buffer. Errors end the session.
    /// An empty function: STARTTLS is not offered.
    std::function<Result<StartedTls>()> start_tls;
    /// From the stranger's phase to the owner's: gives up privileges, and tells where the user's mail is.
    std::function<Result<Home>(const sasl::User& user)> enter;
    const Clock& clock = system_clock();
};

/// Where a session is; a verb names the places where it may come (RFC 9051 section 3).
enum Stage : unsigned { not_authenticated = 1, authenticated = 2, selected = 4, over = 8 };

/// What the client wants to hear of the selected mailbox (RFC 5465 section 6.1).
struct SelectedEvents {
    bool is_asked = false;         ///< NOTIFY has said so
    bool messages = true;          ///< EXISTS, EXPUNGE
    bool flags = true;
    bool delays_expunges = false;  ///< until a command that may tell them
    std::vector<FetchItem> items{};  ///< of a new message
};

class Notifier;

/// The mail of the user who has logged in.
struct Mail {
    store::Tree tree;
    Home home;
};

struct Session {
    io::Channel& channel;
    const Settings& settings;
    const World& world;
    Client client;
    io::Deadline login_until;

    Stage stage = not_authenticated;
    FeatureSet enabled = 0;
    sasl::ScramWorld scram{};
    unsigned failed_logins = 0;
    unsigned bad_commands = 0;
    std::optional<sasl::User> user{};      // set: the stranger's phase is over
    std::string login_tag{};               // whose reply is still owed then
    std::optional<Mail> mail{};            // after the login
    std::optional<Selected> mailbox{};     // set in the stage `selected`
    NumberSet saved{};                     // UIDs: "$" of RFC 9051 section 6.4.4.1
    SelectedEvents events{};
    std::shared_ptr<Notifier> notifier{};  // while NOTIFY watches something
    std::optional<io::DeflateStream> deflate{};
    std::string_view end = "closed";       // for the log
    std::string_view bye{};                // to say before the end

    bool has(Feature feature) const { return (enabled & bit(feature)) != 0; }
    void leave_mailbox();
    /// As if nobody had logged in yet (RFC 8437 section 3). Who has been refused and how often still counts.
    void forget_user();
    Utf8 utf8() const { return has(Feature::utf8_accept) || has(Feature::imap4rev2) ? Utf8::on : Utf8::off; }
};

/// The handshake; everything before it is forgotten.
Result<void> start_tls(Session& session);

/// For who runs the server: the client was not told, or can do nothing about it.
void log_trouble(const Session& session, const Error& error);

/// May passwords be sent on this connection?
bool offers_login(const Session& session);

/// The next line from the peer; nothing when it has closed, and the session is over.
Result<std::optional<io::Line>> read_line(Session& session, std::size_t limit = io::Channel::input_octets);

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/serve.hpp"

#include <chrono>

#include <fmt/format.h>

#include "base/log.hpp"
#include "imap/session/command_reader.hpp"
#include "imap/dispatch.hpp"
#include "imap/session/reply.hpp"
#include "imap/verbs/vigil.hpp"

namespace mailpipe::imap {

namespace {

/// Answers to pipelined commands go out together, as long as none waits for that.
class PatientOutput {
public:
    explicit PatientOutput(io::Channel& channel) : channel_(channel) {}
    /// Before a command is read. Where there is none yet, all has gone out.
    void note_input() {
        if (!channel_.has_input()) is_waiting_ = false;
    }
    Result<void> step() {
        const auto now = std::chrono::steady_clock::now();
        if (!is_waiting_) since_ = now;
        is_waiting_ = true;
        if (now - since_ < patience) return {};
        since_ = now;
        return channel_.flush();
    }

private:
    static constexpr std::chrono::milliseconds patience{10};
    io::Channel& channel_;
    bool is_waiting_ = false;  // an answer, since then
    std::chrono::steady_clock::time_point since_{};
};

/// Obeys as long as `goes_on` holds.
template <typename Condition>
Result<void> converse(Session& session, Condition goes_on) {
    std::string text;
    PatientOutput output{session.channel};
    while (goes_on()) {
        if (session.notifier) {
            if (auto r = keep_vigil(session, Occasion::between_commands); !r) return r;
            if (session.stage == over) break;
        }
        output.note_input();
        const auto read = read_first_line(session, text);
        if (!read) return failure(read.error());
        if (session.stage == over) break;
        if (!*read) continue;
        if (auto r = obey(session, std::move(text)); !r) return r;
        text.clear();
        if (auto r = output.step(); !r) return r;
    }
    if (!session.bye.empty()) session.channel.write(fmt::format("* BYE {}\r\n", session.bye));
    return session.channel.flush();
}

LogLine log_line(const Session& session, std::string_view event) {
    LogLine line{event};
    if (session.user) line.add("user", session.user->name);
    line.add("ip", session.client.address);
    return line;
}

void log_login(const Session& session) {
    auto line = log_line(session, "login");
    if (!session.client.tls.empty()) line.add("tls", session.client.tls);
    line.write();
}

/// The password was right, but there is no mail for it now.
Result<void> refuse(Session& session, const Error& error) {
    log_line(session, "refused").add("what", error.what).write();
    session.channel.write(to_line(session.login_tag, no("UNAVAILABLE", "your mail is not to be had now")));
    session.channel.write("* BYE try again later\r\n");
    session.stage = over;
    return session.channel.flush();
}

Result<void> both_phases(Session& session) {
    if (session.settings.tls_first) {
        if (auto r = start_tls(session); !r) return r;
    }
    session.channel.write(fmt::format("* OK [CAPABILITY {}] {} ready\r\n", capabilities(session), session.settings.hostname));
    do {
        if (auto r = authorize(session); !r || !session.user) return r;
        const auto home = session.world.enter(*session.user);
        if (!home) return refuse(session, home.error());
        if (auto r = transact(session, *home); !r) return r;
    } while (session.stage == not_authenticated);
    return {};
}

}  // namespace

Result<void> authorize(Session& session) {
    return converse(session, [&] { return session.stage == not_authenticated && !session.user; });
}

Result<void> transact(Session& session, const Home& home) {
    auto tree = store::Tree::open(home.maildir, session.settings.names);
    if (!tree) return refuse(session, tree.error());
    session.mail.emplace(Mail{std::move(*tree), home});
    session.stage = authenticated;
    log_login(session);
    session.channel.write(to_line(session.login_tag, ok("CAPABILITY " + capabilities(session), "logged in")));
    return converse(session, [&] { return session.user && session.stage != over; });
}

Result<void> serve(io::Channel& channel, Client client, const Settings& settings, const World& world) {
    Session session{channel, settings, world, std::move(client), io::Deadline::after(settings.login_timeout)};
    session.scram.find = world.find_scram_user;
    LogLine("connect").add("ip", session.client.address).write();
    auto served = both_phases(session);
    if (!served && timed_out(served.error())) {
        channel.write("* BYE you were silent for too long\r\n");
        (void)channel.flush();
    }
    log_line(session, "disconnect").add("end", served ? session.end : served.error().what).write();
    return served;
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
// IDLE (RFC 2177, RFC 9051 section 6.3.13): the client is told of changes as they happen.
#include <array>
#include <chrono>

#include "base/ascii.hpp"
#include "imap/verbs/verbs.hpp"
#include "store/watch.hpp"

namespace mailpipe::imap {

namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

// A change may hide behind another one of the same tick of the file system's clock: so one more look, later.
constexpr auto second_look = 1300ms;
// Where nothing tells of changes; also what other hosts do on a shared file system.
constexpr auto look_without_watch = 1s;
constexpr auto look_anyhow = 30s;

class Idling {
public:
    explicit Idling(Session& session) : session_(session), until_(std::chrono::steady_clock::now() + session.settings.idle_timeout) {
        if (!session.mailbox) return;
        const auto& folder = session.mailbox->folder;
        means_ = watch_.add(0, folder.new_directory(), folder.cur_directory());
    }

    /// Until the client has something to say, or is silent for too long.
    Result<void> wait() {
        auto still_here = std::chrono::steady_clock::now() + session_.settings.still_here;
        while (session_.stage != over) {
            if (auto r = look(); !r) return r;
            const auto woken = wait_until(std::min({until_, still_here, next_look_}));
            if (!woken) return failure(woken.error());
            if (*woken == io::Woken::peer) return {};
            const auto now = std::chrono::steady_clock::now();
            if (*woken == io::Woken::other && !watch_.drain().empty()) looks_again_ = true;
            if (now >= until_) return failure(system_error(ETIMEDOUT, "wait for DONE"));
            if (now < still_here) continue;
            session_.channel.write("* OK Still here\r\n");
            still_here = now + session_.settings.still_here;
        }
        return {};
    }

private:
    Result<void> look() {
        const auto pause = looks_again_ ? second_look : means_ == store::Watch::Means::none ? look_without_watch : look_anyhow;
        looks_again_ = false;
        next_look_ = std::chrono::steady_clock::now() + pause;
        return session_.mailbox ? announce(session_, store::Expunges::tell) : Result<void>{};
    }

    Result<io::Woken> wait_until(SteadyTime time) {
        std::array<io::Watched, 2> watched{};
        std::size_t count = 0;
        for (const auto descriptor : watch_.descriptors()) watched.at(count++) = {descriptor};
        return session_.channel.wait({watched.data(), count}, io::Deadline{time});
    }

    Session& session_;
    SteadyTime until_;
    SteadyTime next_look_{};
    bool looks_again_ = false;
    store::Watch watch_;
    store::Watch::Means means_ = store::Watch::Means::inotify;
};

}  // namespace

Result<Reply> verbs::idle(Session& session, const Command&) {
    session.channel.write("+ idling\r\n");
    if (auto r = Idling{session}.wait(); !r) return failure(r.error());
    if (session.stage == over) return said();
    const auto line = read_line(session);
    if (!line) return failure(line.error());
    if (!*line) return said();
    return iequals((*line)->text, "DONE") ? ok("done") : bad("IDLE ends with DONE");
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/verbs/vigil.hpp"

#include <array>
#include <cerrno>
#include <chrono>

#include "imap/verbs/announce.hpp"
#include "imap/verbs/notifier.hpp"
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

class Vigil {
public:
    Vigil(Session& session, Occasion occasion)
        : session_(session), occasion_(occasion), until_(std::chrono::steady_clock::now() + session.settings.idle_timeout),
          notifier_(session.notifier), watch_(notifier_ ? notifier_->watch() : own_watch_) {
        watch_.remove(Notifier::selected_id);  // another one, perhaps
        if (!session.mailbox || !session.events.messages) return;
        const auto& folder = session.mailbox->folder;
        means_ = watch_.add(Notifier::selected_id, folder.new_directory(), folder.cur_directory());
    }

    Result<void> wait() {
        auto still_here = std::chrono::steady_clock::now() + session_.settings.still_here;
        if (notifier_) note();
        while (session_.stage != over) {
            if (auto r = look(); !r) return r;
            const bool is_idle = occasion_ == Occasion::idle;
            const auto woken = wait_until(is_idle ? std::min(next_look(), still_here) : next_look());
            if (!woken) return failure(woken.error());
            if (*woken == io::Woken::peer) return {};
            const auto now = std::chrono::steady_clock::now();
            if (*woken == io::Woken::other) note();
            if (now >= until_) return failure(system_error(ETIMEDOUT, "wait for the client"));
            if (now < still_here || !is_idle) continue;
            session_.channel.write("* OK Still here\r\n");
            still_here = now + session_.settings.still_here;
        }
        return {};
    }

private:
    void note() {
        const auto changed = watch_.drain();
        if (!changed.empty() && changed.front() == Notifier::selected_id) looks_again_ = has_changed_ = true;
        if (notifier_) notifier_->note(changed);
    }

    /// Others first: what is told of the selected mailbox is a reason to look at it once more.
    Result<void> look() {
        if (session_.notifier) session_.notifier->look(session_);
        const auto now = std::chrono::steady_clock::now();
        if (!has_changed_ && now < next_selected_look_) return {};
        has_changed_ = false;
        const auto pause = looks_again_ ? second_look : means_ == store::Watch::Means::none ? look_without_watch : look_anyhow;
        looks_again_ = false;
        next_selected_look_ = now + pause;
        if (!session_.mailbox) return {};
        const bool keeps_back = occasion_ == Occasion::between_commands && session_.events.delays_expunges;
        return announce_if_wanted(session_, keeps_back ? store::Expunges::keep_back : store::Expunges::tell);
    }

    SteadyTime next_look() const {
        const auto next = std::min(until_, next_selected_look_);
        return session_.notifier ? std::min(next, session_.notifier->next_look()) : next;
    }

    Result<io::Woken> wait_until(SteadyTime time) {
        std::array<io::Watched, 2> watched{};
        std::size_t count = 0;
        for (const auto descriptor : watch_.descriptors()) watched.at(count++) = {descriptor};
        return session_.channel.wait({watched.data(), count}, io::Deadline{time});
    }

    Session& session_;
    Occasion occasion_;
    SteadyTime until_;
    SteadyTime next_selected_look_{};
    bool has_changed_ = false;
    bool looks_again_ = true;  // what happened during a command is not told by the watch
    std::shared_ptr<Notifier> notifier_;  // also when it has come to its end meanwhile
    store::Watch own_watch_;
    store::Watch& watch_;
    store::Watch::Means means_ = store::Watch::Means::inotify;
};

}  // namespace

Result<void> keep_vigil(Session& session, Occasion occasion) { return Vigil{session, occasion}.wait(); }

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "mta/outbound/queue_run.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/files.hpp"
#include "base/log.hpp"
#include "mta/outbound/queue_watch.hpp"
#include "queue/file_name.hpp"

namespace mailpipe::mta {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds sweep_interval = 1min;  // dead claimers, and what another host put into new/
constexpr std::chrono::seconds trouble_pause = 10s;    // after local delivery could not be reached
constexpr std::chrono::milliseconds signal_interval{100};  // between two looks at the signals while there is work

bool is_ignored(int number) {
    struct sigaction now {};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/// What was ignored when we came: nohup(1), a script's job.
enum class Ignored { taken, left };

Result<Fd> take_signals(Ignored ignored) {
    sigset_t ours;
    sigemptyset(&ours);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        if (ignored == Ignored::taken || !is_ignored(number)) sigaddset(&ours, number);
    }
    if (::sigprocmask(SIG_BLOCK, &ours, nullptr) != 0) return failure(system_error(errno, "sigprocmask"));
    Fd signals{::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!signals) return failure(system_error(errno, "signalfd"));
    return signals;
}

struct Asked {
    bool stop = false;
    bool reload = false;
};

Asked read_signals(const Fd& signals) {
    Asked asked;
    signalfd_siginfo info{};
    while (::read(signals.number(), &info, sizeof info) == sizeof info) {
        (info.ssi_signo == SIGHUP ? asked.reload : asked.stop) = true;
    }
    return asked;
}

}  // namespace

void QueueRun::note_due(std::int64_t due) { next_due_ = next_due_ ? std::min(*next_due_, due) : due; }

Result<std::vector<QueueRun::Found>> QueueRun::find() {
    std::vector<Found> found;
    next_due_.reset();
    const auto now = unix_seconds(clock_.now());
    auto scanned = scan_directory(spool_.new_messages(), [&](const DirectoryEntry& entry) {
        if (entry.name.front() != '.') found.push_back({&spool_.new_messages(), std::string{entry.name}});
        return true;
    });
    if (!scanned) return failure(scanned.error());
    scanned = scan_directory(spool_.waiting(), [&](const DirectoryEntry& entry) {
        const auto name = queue::parse_file_name(entry.name);
        if (name && !queue::is_due(schedule_, name->due.value_or(0), now)) {
            note_due(*name->due);
        } else if (entry.name.front() != '.') {
            found.push_back({&spool_.waiting(), std::string{entry.name}});
        }
        return true;
    });
    if (!scanned) return failure(scanned.error());
    std::ranges::sort(found, {}, &Found::name);  // by age
    return found;
}

/// What is left when a signal has come is still in the spool: it is looked for again. After an error nothing is in flight.
Result<void> QueueRun::take_all(const std::vector<Found>& found) {
    for (const auto& [directory, name] : found) {
        outbound_.turn(0ms);
        if (has_signal()) {
            note_due(0);
            break;
        }
        claims_.touch();
        if (outbound_.is_parked(name)) continue;
        auto taken = outbound_.take(*directory, name);
        if (taken) continue;
        static_cast<void>(outbound_.end_run());
        return taken;
    }
    return {};
}

bool QueueRun::has_signal() {
    const auto now = std::chrono::steady_clock::now();
    if (!signals_ || now - looked_for_signals_ < signal_interval) return false;
    looked_for_signals_ = now;
    return is_signalled();
}

bool QueueRun::is_signalled() const {
    pollfd poller{signals_.number(), POLLIN, 0};
    return ::poll(&poller, 1, 0) > 0;
}

/// What others have left in the spool, now and then.
Result<void> QueueRun::look_around() {
    if (auto refreshed = outbound_.refresh(); !refreshed) LogLine("error").add("what", refreshed.error().what).write();
    if (auto recovered = claims_.recover(clock_.now()); !recovered) return failure(recovered.error());
    return {};
}

/// Whatever happens, hosts that have a message under way get it whole.
Result<void> QueueRun::once() {
    sigset_t before;
    if (::sigprocmask(SIG_SETMASK, nullptr, &before) != 0) return failure(system_error(errno, "sigprocmask"));
    auto signals = take_signals(Ignored::left);
    if (!signals) return failure(signals.error());
    signals_ = std::move(*signals);
    auto done = do_all();
    if (!done) outbound_.stop();
    static_cast<void>(read_signals(signals_));  // they have had their effect
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    return done;
}

Result<void> QueueRun::do_all() {
    if (auto looked = look_around(); !looked) return looked;
    for (;;) {
        const auto found = find();
        if (!found) return failure(found.error());
        if (found->empty()) {
            auto ended = outbound_.end_run();
            const auto trouble = outbound_.take_trouble();
            return ended && trouble ? failure(*trouble) : ended;
        }
        if (auto taken = take_all(*found); !taken) return taken;
        outbound_.finish([this] { return has_signal(); });
        if (is_signalled()) {
            return failure({Fault::transient, "ended by a signal: what was not begun is left to the next run", ExitStatus::try_again});
        }
    }
}

/// All that has come, in rounds: while one is worked on the next comes.
Result<void> QueueRun::take_new(QueueWatch& watch) {
    while (!has_signal()) {
        std::vector<Found> found;
        const auto now = unix_seconds(clock_.now());
        const auto complete = watch.read([&](const Fd& directory, std::string name) {
            const auto parsed = queue::parse_file_name(name);
            if (parsed && !queue::is_due(schedule_, parsed->due.value_or(0), now)) return note_due(*parsed->due);
            if (name.front() != '.') found.push_back({&directory, std::move(name)});
        });
        if (!complete) return failure(complete.error());
        if (!*complete) note_due(0);  // look into the directories
        if (found.empty()) break;
        if (auto taken = take_all(found); !taken) return taken;
    }
    return outbound_.end_run();
}

/// How long nothing can be due.
std::chrono::milliseconds QueueRun::idle_time(Time swept) const {
    auto until = swept + sweep_interval;
    if (next_due_) until = std::min(until, Time{std::chrono::seconds{*next_due_}});
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock_.now());
    return std::clamp<std::chrono::milliseconds>(left, 0ms, sweep_interval);
}

/// What is new or due, from the directories themselves when it is time to look there.
Result<void> QueueRun::turn(QueueWatch& watch, Time& swept) {
    const auto now = clock_.now();
    claims_.touch();
    const bool sweep = now - swept >= sweep_interval || now < swept;
    if (sweep) {
        swept = now;
        if (auto looked = look_around(); !looked) return looked;
    }
    if (sweep || (next_due_ && *next_due_ <= unix_seconds(now))) {
        const auto found = find();
        if (!found) return failure(found.error());
        if (auto taken = take_all(*found); !taken) return taken;
    }
    return take_new(watch);
}

/// Until there is a signal, a message, or nothing at all for so long. Meanwhile other hosts are heard.
void QueueRun::wait_for_something(const QueueWatch& watch, std::chrono::milliseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        const auto wait = std::clamp(left, 0ms, outbound_.patience());
        pollfd pollers[] = {{signals_.number(), POLLIN, 0}, {watch.file().number(), POLLIN, 0}, {outbound_.file_number(), POLLIN, 0}};
        ::poll(pollers, 3, static_cast<int>(wait.count()));
        outbound_.turn(0ms);
        if (pollers[0].revents != 0 || pollers[1].revents != 0 || left <= 0ms) return;
    }
}

Result<void> QueueRun::watch(const std::function<Result<void>()>& reload, const std::function<void()>& minutely) {
    auto signals = take_signals(Ignored::taken);
    if (!signals) return failure(signals.error());
    signals_ = std::move(*signals);
    auto watch = QueueWatch::open(spool_);  // before the first look, or something could come between
    if (!watch) return failure(watch.error());

    for (Time swept{};;) {
        const auto swept_before = swept;
        const auto turned = turn(*watch, swept);
        if (swept != swept_before) minutely();
        if (auto station = outbound_.check_station(); !station) return outbound_.stop(), station;
        if (!turned) {
            LogLine("error").add("what", turned.error().what).write();
            swept = clock_.now() - sweep_interval;
        }
        const std::chrono::milliseconds wait = turned ? idle_time(swept) : trouble_pause;
        wait_for_something(*watch, wait);
        const auto asked = read_signals(signals_);
        if (asked.stop) return outbound_.stop(), Result<void>{};
        if (!asked.reload) continue;
        if (auto reloaded = reload()) LogLine("reloaded").write();
        else LogLine("error").add("what", "not reloaded: " + reloaded.error().what).write();
    }
}

}  // namespace mailpipe::mta

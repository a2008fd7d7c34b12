// SPDX-License-Identifier: ISC
#include "mta/operator/queue_admin.hpp"

#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/log.hpp"
#include "mta/operator/queue_bounce.hpp"
#include "mta/operator/queue_by_site.hpp"
#include "mta/operator/queue_report.hpp"
#include "mta/operator/queue_why.hpp"
#include "mta/outcome/report_text.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

using queue::Listed;
using queue::Message;
using queue::Spool;
using queue::State;

constexpr std::string_view change_names[] = {"hold", "release", "retry", "bounce", "delete"};

void complain(const Error& error) { std::fprintf(stderr, "sendq: %s\n", error.what.c_str()); }

void print_line(const std::string& line) { std::printf("%s\n", line.c_str()); }

/// Calls `see` for each message that can be opened and is meant. One that is held and can't be is complained of; another one has
/// moved on while we looked.
Result<void> for_each_opened(const Spool& spool, const Selection& selection,
                             const std::function<void(State, const Message&)>& see) {
    const auto listed = queue::list(spool);
    if (!listed) return failure(listed.error());
    for (const auto& one : *listed) {
        const auto message = look_at(one);
        if (message && (selection.is_empty() || selection.matches(*message))) see(one.state, *message);
        if (!message && one.state == State::held) complain(message.error());
    }
    return {};
}

bool is_for(Change change, State state) {
    switch (change) {
        case Change::hold: return state != State::held;
        case Change::release: return state == State::held;
        case Change::retry: return state == State::waiting;
        case Change::bounce:
        case Change::remove: return true;
    }
    return false;
}

/// For these two it is as good that somebody delivers it just now.
bool may_be_missed(Change change) { return change == Change::retry || change == Change::release; }

void log_change(Change change, const std::string& id) {
    switch (change) {
        case Change::hold: return LogLine("held").add("id", id).add("why", "sendq --hold").write();
        case Change::release: return LogLine("released").add("id", id).write();
        case Change::retry: return LogLine("retried").add("id", id).write();
        case Change::bounce: return;  // "failed" and "bounced" are logged where they happen
        case Change::remove: return LogLine("deleted").add("id", id).write();
    }
}

void print_change(Change change, const std::string& id, const Result<void>& done) {
    text::JsonObject object;
    object.add("version", queue_json_version).add("id", id).add("action", change_names[static_cast<std::size_t>(change)]);
    object.add_raw("done", done ? "true" : "false");
    if (!done) object.add("error", done.error().what);
    print_line(object.text());
}

}  // namespace

Result<void> print_list(const Spool& spool, const Request& request, Time now) {
    return for_each_opened(spool, request.selection, [&](State state, const Message& message) {
        print_line(request.format == Format::json ? list_json(state, message) : list_line(state, message, unix_seconds(now)));
    });
}

Result<void> print_by_site(const Spool& spool, const Request& request, Time now) {
    QueueBySite sites;
    auto read = for_each_opened(spool, request.selection, [&](State state, const Message& message) {
        sites.add(state, message, request.selection, unix_seconds(now));
    });
    for (const auto& group : sites.groups()) {
        print_line(request.format == Format::json ? group_json(group) : group_line(group, unix_seconds(now)));
    }
    return read;
}

Result<void> print_messages(const Spool& spool, Account account, const Request& request, Time now) {
    const auto text_of = [&](State state, Message& message) {
        if (request.format == Format::json) return account == Account::why ? why_json(state, message) : show_json(state, message);
        const auto seconds = unix_seconds(now);
        return account == Account::why ? why_text(state, message, seconds) : show_text(state, message, seconds);
    };
    const auto any_state = [](State) { return true; };
    return for_each_requested(spool, request, any_state, [&](const Listed& listed) -> Result<void> {
        auto message = look_at(listed);
        if (!message) return failure(message.error());
        const auto text = text_of(listed.state, *message);
        if (!text) return failure(text.error());
        print_line(*text);
        return {};
    });
}

Result<void> change(const Spool& spool, Change change, const Request& request, const NoticeRules& rules, const Clock& clock) {
    std::optional<QueueBounce> bounce;
    if (change == Change::bounce) {
        auto opened = QueueBounce::open(spool, rules, clock);
        if (!opened) return failure(opened.error());
        bounce.emplace(std::move(*opened));
    }
    const auto apply = [&](const Listed& message) -> Result<void> {
        const auto now = unix_seconds(clock.now());
        switch (change) {
            case Change::hold: return queue::hold(spool, message);
            case Change::release: return queue::release(spool, message, now);
            case Change::retry: return queue::retry(spool, message, now);
            case Change::bounce: return bounce->give_up(message, request.selection);
            case Change::remove: return queue::remove(spool, message);
        }
        return {};
    };
    const auto fits = [change](State state) { return is_for(change, state); };
    return for_each_requested(spool, request, fits, [&](const Listed& message) -> Result<void> {
        auto done = apply(message);
        if (!done && request.ids.empty() && may_be_missed(change) && done.error().number == ENOENT) return {};
        if (done) log_change(change, message.name.id);
        if (request.format == Format::json) print_change(change, message.name.id, done);
        return done;
    });
}

}  // namespace mailpipe::mta

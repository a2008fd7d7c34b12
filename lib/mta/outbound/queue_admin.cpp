// SPDX-License-Identifier: ISC
#include "mta/outbound/queue_admin.hpp"

#include <cstdio>
#include <functional>

#include "base/log.hpp"
#include "mta/outbound/queue_report.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

namespace {

using queue::Listed;
using queue::Message;
using queue::Spool;
using queue::State;

Result<void> apply(const Spool& spool, Change change, const Listed& message, Time now) {
    switch (change) {
        case Change::hold: return queue::hold(spool, message);
        case Change::release: return queue::release(spool, message, unix_seconds(now));
        case Change::retry: return queue::retry(spool, message, unix_seconds(now));
        case Change::remove: return queue::remove(spool, message);
    }
    return {};
}

void log_change(Change change, const std::string& id) {
    switch (change) {
        case Change::hold: return LogLine("held").add("id", id).add("why", "sendq --hold").write();
        case Change::release: return LogLine("released").add("id", id).write();
        case Change::retry: return LogLine("retried").add("id", id).write();
        case Change::remove: return LogLine("deleted").add("id", id).write();
    }
}

Result<void> change_one(const Spool& spool, Change change, const Listed& message, Time now) {
    auto done = apply(spool, change, message, now);
    if (done) log_change(change, message.name.id);
    return done;
}

void complain(const Error& error) { std::fprintf(stderr, "sendq: %s\n", error.what.c_str()); }

/// Whatever goes wrong with one, the others have their turn. The last error is returned, those before it are printed.
Result<void> for_each(const Spool& spool, const std::vector<std::string>& ids,
                      const std::function<Result<void>(const Listed&)>& act) {
    const auto listed = queue::list(spool);
    if (!listed) return failure(listed.error());
    Result<void> last{};
    for (const auto& id : ids) {
        const auto message = queue::find(*listed, id);
        auto done = message ? act(*message) : failure(message.error());
        if (done) continue;
        if (!last) complain(last.error());
        last = std::move(done);
    }
    return last;
}

bool is_for(Change change, State state) {
    switch (change) {
        case Change::hold: return state == State::fresh || state == State::waiting;
        case Change::release: return state == State::held;
        case Change::retry: return state == State::waiting;
        case Change::remove: return state != State::active;
    }
    return false;
}

}  // namespace

Result<void> print_list(const Spool& spool, Format format, Time now) {
    const auto listed = queue::list(spool);
    if (!listed) return failure(listed.error());
    for (const auto& one : *listed) {
        const auto message = Message::open(*one.directory, one.file_name, Message::Access::look);
        if (!message) {
            if (one.state == State::held) complain(message.error());  // else it moved on while we looked
            continue;
        }
        const auto line = format == Format::json ? list_json(one.state, *message)
                                                 : list_line(one.state, *message, unix_seconds(now));
        std::printf("%s\n", line.c_str());
    }
    return {};
}

Result<void> print_messages(const Spool& spool, const std::vector<std::string>& ids, Format format, Time now) {
    return for_each(spool, ids, [&](const Listed& listed) -> Result<void> {
        auto message = Message::open(*listed.directory, listed.file_name, Message::Access::look);
        if (!message) return failure(message.error());
        const auto text = format == Format::json ? show_json(listed.state, *message)
                                                 : show_text(listed.state, *message, unix_seconds(now));
        if (!text) return failure(text.error());
        std::printf("%s\n", text->c_str());
        return {};
    });
}

Result<void> change(const Spool& spool, Change change, const std::vector<std::string>& ids, Time now) {
    return for_each(spool, ids, [&](const Listed& message) { return change_one(spool, change, message, now); });
}

Result<void> change_all(const Spool& spool, Change change, Time now) {
    const auto listed = queue::list(spool);
    if (!listed) return failure(listed.error());
    for (const auto& message : *listed) {
        if (!is_for(change, message.state)) continue;
        auto done = change_one(spool, change, message, now);
        if (!done && exit_status(done.error()) != ExitStatus::unavailable) return done;
    }
    return {};
}

}  // namespace mailpipe::mta

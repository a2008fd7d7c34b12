// SPDX-License-Identifier: ISC
#include "mta/queue_admin.hpp"

#include <cstdio>

#include "mta/queue_report.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

namespace {

using queue::Listed;
using queue::Message;
using queue::Spool;
using queue::State;

Result<Message> open_message(const Spool& spool, const Listed& listed) {
    if (listed.directory != nullptr) return Message::open(*listed.directory, listed.file_name, Message::Access::look);
    std::optional<Result<Message>> message;  // active: the directory is open during the visit only
    auto searched = queue::list(spool, [&](const Listed& other) {
        if (other.name.id == listed.name.id) message = Message::open(*other.directory, other.file_name, Message::Access::look);
    });
    if (!searched) return failure(searched.error());
    if (!message) return failure({Fault::permanent, listed.name.id + ": is no longer there", ExitStatus::no_user});
    return std::move(*message);
}

Result<void> apply(const Spool& spool, Change change, const Listed& message, Time now) {
    switch (change) {
        case Change::hold: return queue::hold(spool, message);
        case Change::release: return queue::release(spool, message, unix_seconds(now));
        case Change::retry: return queue::retry(spool, message, unix_seconds(now));
        case Change::remove: return queue::remove(spool, message);
    }
    return {};
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
    return queue::list(spool, [&](const Listed& listed) {
        const auto message = Message::open(*listed.directory, listed.file_name, Message::Access::look);
        if (!message && listed.state != State::held) return;  // it moved on while we looked
        if (!message) {
            std::fprintf(stderr, "sendq: %s\n", message.error().what.c_str());
            return;
        }
        const auto line = format == Format::json ? list_json(listed.state, *message)
                                                 : list_line(listed.state, *message, unix_seconds(now));
        std::printf("%s\n", line.c_str());
    });
}

Result<void> print_messages(const Spool& spool, const std::vector<std::string>& ids, Format format, Time now) {
    for (const auto& id : ids) {
        const auto listed = queue::find(spool, id);
        if (!listed) return failure(listed.error());
        auto message = open_message(spool, *listed);
        if (!message) return failure(message.error());
        const auto text = format == Format::json ? show_json(listed->state, *message)
                                                 : show_text(listed->state, *message, unix_seconds(now));
        if (!text) return failure(text.error());
        std::printf("%s\n", text->c_str());
    }
    return {};
}

Result<void> change(const Spool& spool, Change change, const std::vector<std::string>& ids, Time now) {
    Result<void> all{};
    for (const auto& id : ids) {
        const auto message = queue::find(spool, id);
        auto done = message ? apply(spool, change, *message, now) : failure(message.error());
        if (!done && all) all = std::move(done);
    }
    return all;
}

Result<void> change_all(const Spool& spool, Change change, Time now) {
    std::vector<Listed> messages;
    auto listed = queue::list(spool, [&](const Listed& message) {
        if (is_for(change, message.state)) messages.push_back(message);
    });
    if (!listed) return listed;
    for (const auto& message : messages) {
        auto done = apply(spool, change, message, now);
        if (!done && exit_status(done.error()) != ExitStatus::unavailable) return done;
    }
    return {};
}

}  // namespace mailpipe::mta

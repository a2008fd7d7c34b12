// SPDX-License-Identifier: ISC
#include "mta/local/local_message.hpp"

#include <cerrno>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/unique_name.hpp"
#include "mail/header.hpp"
#include "mail/trace.hpp"
#include "mta/local/delivery_header.hpp"
#include "smtp/session.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::mta {

namespace {

Outcome looped(const Destination& destination) {
    const auto text = "mail loops: it has been delivered to " + mail::to_string(destination.address) + " before";
    return {{554, "5.4.6", text}, Error{Fault::permanent, text, ExitStatus::data}};
}

}  // namespace

std::optional<Outcome> over_quota(const LocalStore& store, const store::Maildir& maildir, const store::Quota& quota,
                                  std::int64_t octets) {
    if (!quota.is_set()) return {};
    const auto room = store::has_room(maildir.root(), quota, {octets, 1});
    if (!room) return failed(room.error());
    if (*room) return {};
    return full_mailbox(store);
}

Outcome full_mailbox(const LocalStore& store) {
    const std::string text = "mailbox is full";
    if (!store.full_is_permanent) return {{452, "4.2.2", text}, Error{Fault::transient, text}};
    return {{552, "5.2.2", text}, Error{Fault::permanent, text, ExitStatus::cannot_create}};
}

/// Every failure of ours is temporary, and so is all that the system says: a mailbox that can't be opened is mended, not
/// bounced at.
Outcome failed(const Error& error) {
    auto told = error;
    if (error.number != 0) told.fault = Fault::transient;
    return {smtp::temporary_refusal(error), std::move(told)};
}

Outcome placed(LocalStore& store, std::shared_ptr<const store::Maildir> maildir, const Destination& destination,
               std::string_view id, std::string file) {
    if (store.describe) store.describe(maildir->root(), file);
    LogLine line("stored");
    line.add("id", id).add("to", mail::to_string(destination.address));
    line.add("maildir", maildir->path()).add("file", file);
    Outcome outcome{{250, "2.0.0", "stored as " + file}, {}, file};
    store.commit.add({std::move(maildir), std::move(file), destination.owner, std::move(line)});
    return outcome;
}

void log_trouble(std::string_view id, const Destination& destination, const Outcome& outcome) {
    if (!outcome.error) return;
    LogLine line("not-stored");
    line.add("id", id).add("to", mail::to_string(destination.address)).add("reply", smtp::to_string(outcome.reply));
    line.add("error", outcome.error->what).write();
}

LocalMessage::LocalMessage(LocalStore& store, std::optional<mail::ReversePath> sender,
                           std::vector<Destination> destinations, MessageName name)
    : store_(store), sender_(std::move(sender)), name_(std::move(name)) {
    for (auto& destination : destinations) {
        const bool is_first = targets_.empty() || name_.is_clients;
        auto unique = is_first ? name_.id : unique_name(system_clock().now(), store.hostname);
        targets_.push_back({std::move(destination), std::move(unique)});
    }
}

Result<void> LocalMessage::write(std::string_view text) {
    if (text.empty()) return {};
    ends_line_ = text.back() == '\n';
    if (!in_header_) {
        write_body(text);
        return {};
    }
    const auto searched = header_.size();
    header_ += text;
    if (mail::header_octets(header_, searched) || header_.size() > mail::HeaderReader::max_octets) end_header();
    return {};
}

void LocalMessage::end_header() {
    in_header_ = false;
    if (!sender_) sender_ = return_path(header_);
    const auto trace = store_.checks_loops ? mail::read_trace(header_) : mail::Trace{};
    for (auto& target : targets_) {
        if (trace.delivered_to.contains(target.destination.address)) {
            target.trouble = looped(target.destination);
        } else if (auto opened = open(target); !opened) {
            target.trouble = failed(opened.error());
        }
    }
    header_ = {};
}

Result<void> LocalMessage::open(Target& target) {
    const auto acting = ActingAs::begin(target.destination.owner);
    if (!acting) return failure(acting.error());
    auto maildir = store_.maildirs.open(target.destination.path, target.destination.folders);
    if (!maildir) return failure(maildir.error());
    target.maildir = std::move(*maildir);
    auto file = target.maildir->begin(target.unique);
    if (!file) return failure(file.error());
    target.file.emplace(std::move(*file));
    return target.file->write(delivery_header(header_, sender_, target.destination.address));
}

void LocalMessage::write_body(std::string_view text) {
    for (auto& target : targets_) {
        if (target.trouble) continue;
        if (auto r = target.file->write(text); !r) {
            target.trouble = failed(r.error());
            target.file.reset();
        }
    }
}

std::vector<Outcome> LocalMessage::place() {
    if (!ends_line_) (void)write("\n");
    if (in_header_) end_header();
    std::vector<Outcome> outcomes;
    for (auto& target : targets_) {
        outcomes.push_back(target.trouble ? *target.trouble : place(target));
        log_trouble(name_.id, target.destination, outcomes.back());
    }
    return outcomes;
}

Outcome LocalMessage::place(Target& target) {
    const auto& destination = target.destination;
    const auto octets = static_cast<std::int64_t>(target.file->octets());
    const auto acting = ActingAs::begin(destination.owner);
    if (!acting) return failed(acting.error());
    if (auto full = over_quota(store_, *target.maildir, destination.quota, octets)) return *full;
    const auto done = target.maildir->place(*target.file);
    const bool was_there = !done && done.error().number == EEXIST && name_.is_clients;
    if (!done && !was_there) return failed(done.error());
    if (done) store::record_usage(target.maildir->root(), {octets, 1});
    return placed(store_, target.maildir, destination, name_.id, target.file->name());
}

std::vector<smtp::Reply> LocalMessage::commit() {
    std::vector<smtp::Reply> replies;
    for (auto& outcome : place()) replies.push_back(std::move(outcome.reply));
    return replies;
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/local/local_delivery.hpp"

#include <unistd.h>

#include "base/files.hpp"
#include "base/unique_name.hpp"
#include "mta/local/link_message.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::mta {

namespace {

smtp::Reply refusal(const Error& error) {
    if (error.status == ExitStatus::no_user) return {550, "5.1.1", error.what};
    return {451, "4.3.0", "can't look for that mailbox now"};
}

/// Whether it has no room for any message. A Maildir that is not there yet has.
bool is_full(const Destination& destination) {
    if (!destination.quota.is_set()) return false;
    const auto root = open_directory(destination.path);
    return root && !store::has_room(*root, destination.quota, {1, 1}).value_or(true);
}

/// In place of DATA: "XLINK <name>", with the file's descriptor beside it. Every XLINK takes one, whatever it answers,
/// or the next would get the wrong one.
Result<void> run_xlink(smtp::Session& session, std::string_view name, LocalDelivery& delivery, std::deque<Fd>& passed) {
    Fd file;
    if (!passed.empty()) {
        file = std::move(passed.front());
        passed.pop_front();
    }
    if (!smtp::may_take_message(session)) return smtp::reply(session, {503, "5.5.1", "MAIL and RCPT first"});
    if (!file) return smtp::finish_message(session, smtp::Reply{451, "4.5.0", "a descriptor has to come along"});
    return smtp::finish_message(session, delivery.link(session.envelope, file, name));
}

}  // namespace

Result<bool> LocalDelivery::authenticate(const smtp::Client&, const sasl::Credentials&) { return false; }

std::optional<smtp::Reply> LocalDelivery::refuse_sender(const smtp::Client&, const mail::Envelope&,
                                                        const smtp::Announcement& announcement) {
    xid_ = announcement.xid;
    mailboxes_.refresh();
    return {};
}

std::optional<smtp::Reply> LocalDelivery::refuse_recipient(const smtp::Client&, const mail::Envelope&,
                                                           mail::Recipient& recipient) {
    const auto destination = mailboxes_.find(recipient.mailbox);
    if (!destination) {
        auto reply = refusal(destination.error());
        LogLine line("refused");
        line.add("to", mail::to_string(recipient.mailbox)).add("reply", smtp::to_string(reply));
        line.add("error", destination.error().what).write();
        return reply;
    }
    recipient.mailbox = destination->address;
    const auto acting = ActingAs::begin(destination->owner);
    if (!acting || !is_full(*destination)) return {};
    return full_mailbox(store_).reply;
}

Result<std::vector<Destination>> LocalDelivery::destinations(const mail::Envelope& envelope) {
    std::vector<Destination> found;
    for (const auto& recipient : envelope.recipients) {
        auto destination = mailboxes_.find(recipient.mailbox);
        if (!destination) return failure({Fault::transient, destination.error().what});  // RCPT has found it
        found.push_back(std::move(*destination));
    }
    return found;
}

Result<std::unique_ptr<smtp::Incoming>> LocalDelivery::open(const smtp::Client&, const mail::Envelope& envelope) {
    auto found = destinations(envelope);
    if (!found) return failure(found.error());
    MessageName name{xid_, true};
    if (xid_.empty()) name = {unique_name(clock_.now(), store_.hostname), false};
    return std::make_unique<LocalMessage>(store_, envelope.sender, std::move(*found), std::move(name));
}

void LocalDelivery::note_refusal(const smtp::Client&, const mail::Envelope& envelope, const smtp::Reply& reply) {
    LogLine line("not-stored");
    line.add("id", xid_).add("to", envelope.recipients.size()).add("reply", smtp::to_string(reply)).write();
}

std::vector<smtp::Reply> LocalDelivery::link(const mail::Envelope& envelope, const Fd& file, std::string_view name) {
    const auto found = destinations(envelope);
    if (!found) return std::vector<smtp::Reply>(envelope.recipients.size(), refusal(found.error()));
    std::vector<smtp::Reply> replies;
    for (auto& outcome : link_message(store_, *found, file, name)) replies.push_back(std::move(outcome.reply));
    return replies;
}

Result<void> serve_lmtp(const net::Connection& connection, LocalStore& store, Mailboxes& mailboxes,
                        smtp::Settings settings) {
    io::FdStream peer{connection.in, connection.out};
    SettledStream stream{peer, store.commit};
    io::Channel channel{stream};
    LocalDelivery delivery{store, mailboxes, system_clock()};
    std::deque<Fd> passed;
    if (connection.uid == ::geteuid()) {
        // sendq may have nothing for days, and can't start us again without root's rights. When it ends, we see it.
        settings.limits.timeout = std::chrono::years{10};
        settings.limits.session = {};
        peer.collect_descriptors(passed);
        settings.takes_xid = true;
        settings.private_verbs.push_back({"XLINK", [&](smtp::Session& session, std::string_view name) {
                                              return run_xlink(session, name, delivery, passed);
                                          }});
    }
    const smtp::Client client{connection.address(), connection.is_loopback()};
    const auto served = smtp::serve(channel, client, delivery, settings, {});
    const auto sent = stream.send();
    return served ? sent : served;
}

}  // namespace mailpipe::mta

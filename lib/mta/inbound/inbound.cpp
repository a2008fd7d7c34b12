// SPDX-License-Identifier: ISC
#include "mta/inbound/inbound.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/log.hpp"
#include "base/unique_name.hpp"
#include "mta/inbound/spooled_message.hpp"

namespace mailpipe::mta {

namespace {

smtp::Reply try_again(std::string text) { return {451, "4.3.0", std::move(text)}; }

std::string path_text(const mail::ReversePath& path) { return path ? mail::to_string(*path) : std::string{}; }

/// Linux takes 128 KiB of one variable (MAX_ARG_STRLEN).
constexpr std::size_t max_recipients_octets = 100'000;

Filter filter_for(const InboundPolicy& policy, const Arrival& arrival) {
    std::string recipients;
    for (const auto& recipient : arrival.envelope.recipients) recipients += mail::to_string(recipient.mailbox) + '\n';
    if (recipients.size() > max_recipients_octets) recipients.clear();
    return {arrival.id,
            policy.filter,
            {"MAILPIPE_ID=" + arrival.id, "MAILPIPE_SENDER=" + path_text(arrival.envelope.sender),
             "MAILPIPE_RECIPIENTS=" + recipients, "MAILPIPE_CLIENT=" + arrival.client.address,
             "MAILPIPE_HELO=" + arrival.client.name, "MAILPIPE_LOGIN=" + arrival.client.login},
            policy.filter_timeout,
            policy.max_octets};
}

}  // namespace

bool leaves_room(std::uint64_t free_octets, std::uint64_t octets, std::uint64_t min_free_octets) {
    return free_octets >= octets && free_octets - octets >= min_free_octets;
}

sasl::FindScramUser Inbound::find_for_scram() {
    if (!directory_.users->serves_scram()) return {};
    return [this](std::string_view name) {
        has_heard_password_ = true;
        return directory_.users->find_for_scram(name);
    };
}

Result<bool> Inbound::authenticate(const smtp::Client& client, const sasl::Credentials& credentials) {
    has_heard_password_ = true;
    const auto& name = credentials.name;
    const auto user = credentials.proof == sasl::Proof::password ? directory_.users->verify(name, credentials.password)
                                                                 : Result<std::optional<sasl::User>>{credentials.user};
    if (!user) {
        LogLine("trouble").add("user", name).add("ip", client.address).add("what", user.error().what).write();
        return failure(user.error());
    }
    if (!*user) LogLine("login-failed").add("user", name).add("ip", client.address).write();
    return user->has_value();
}

void Inbound::note_refusal(const smtp::Client& client, const mail::Envelope& envelope, const smtp::Reply& reply) {
    log_refusal(client, path_text(envelope.sender), std::to_string(envelope.recipients.size()), reply);
}

smtp::Reply Inbound::refused(const smtp::Client& client, const std::string& from, const std::string& to,
                             smtp::Reply reply) const {
    log_refusal(client, from, to, reply);
    return reply;
}

void Inbound::log_refusal(const smtp::Client& client, const std::string& from, const std::string& to,
                          const smtp::Reply& reply) const {
    LogLine line{"refused"};
    line.add("id", id_).add("ip", client.address).add("helo", client.name).add("from", from);
    if (!to.empty()) line.add("to", to);
    if (!client.login.empty()) line.add("login", client.login);
    line.add("reply", smtp::to_string(reply)).write();
}

/// An address is a login's own when mail to it reaches the login: as the user that it names, or through one alias.
Result<bool> Inbound::owns(const std::string& login, const mail::Mailbox& sender) const {
    const auto found = directory_.addressing->resolve(sender);
    if (!found) return failure(found.error());
    if (found->kind == Resolution::Kind::user) return iequals(found->user, login);
    if (found->kind != Resolution::Kind::alias) return false;
    for (const auto& target : found->alias->targets) {
        if (target.kind == AliasTarget::Kind::include) continue;
        const auto user = directory_.addressing->resolve_user(directory_.addressing->complete(target.mailbox));
        if (!user) return failure(user.error());
        if (user->kind == Resolution::Kind::user && iequals(user->user, login)) return true;
    }
    return false;
}

/// For the message that was announced. What can't be told is left to the disk.
bool Inbound::lacks_room() const {
    if (policy_.min_free_octets == 0) return false;
    const auto free = spool_.free_octets();
    return free && !leaves_room(*free, octets_, policy_.min_free_octets);
}

std::optional<smtp::Reply> Inbound::refuse_sender(const smtp::Client& client, const mail::Envelope& envelope,
                                                  const smtp::Announcement& announcement) {
    id_ = unique_name(clock_.now(), policy_.hostname);
    octets_ = announcement.size;
    const auto from = path_text(envelope.sender);
    if (lacks_room()) return refused(client, from, {}, {452, "4.3.1", "no room for mail now"});
    if (!policy_.submission || !envelope.sender) return std::nullopt;
    const auto own = owns(client.login, *envelope.sender);
    if (!own) return refused(client, from, {}, try_again("addresses can't be looked up now"));
    if (*own) return std::nullopt;
    return refused(client, from, {}, {553, "5.7.1", fmt::format("{} may not send as {}", client.login, from)});
}

std::optional<smtp::Reply> Inbound::refuse_local(const mail::Mailbox& mailbox, const Resolution& found) const {
    if (found.kind == Resolution::Kind::unknown) {
        return smtp::Reply{550, "5.1.1", fmt::format("no mailbox here by the name of {}", mail::to_string(mailbox))};
    }
    if (found.kind == Resolution::Kind::alias) return std::nullopt;
    const auto user = directory_.users->find(found.user);
    if (user && directory_.over_quota(*user, octets_)) return smtp::Reply{452, "4.2.2", "mailbox is full"};
    return std::nullopt;
}

std::optional<smtp::Reply> Inbound::refuse_recipient(const smtp::Client& client, const mail::Envelope& envelope,
                                                     mail::Recipient& recipient) {
    recipient.mailbox = directory_.addressing->complete(recipient.mailbox);
    const auto found = directory_.addressing->resolve(recipient.mailbox);
    std::optional<smtp::Reply> refusal;
    if (!found) {
        refusal = try_again("addresses can't be looked up now");
    } else if (found->kind != Resolution::Kind::remote) {
        refusal = refuse_local(recipient.mailbox, *found);
    } else if (!trusted_ && client.login.empty()) {
        refusal = smtp::Reply{550, "5.7.1", "relaying is for those who have logged in"};
    }
    if (!refusal) return std::nullopt;
    return refused(client, path_text(envelope.sender), mail::to_string(recipient.mailbox), *refusal);
}

Result<std::unique_ptr<smtp::Incoming>> Inbound::open(const smtp::Client& client, const mail::Envelope& envelope) {
    Arrival arrival{id_,       client, envelope, policy_.hostname, true, policy_.submission, policy_.max_received,
                    clock_.now()};
    if (policy_.filter.empty()) return SpooledMessage::open(spool_, std::move(arrival));
    auto filter = filter_for(policy_, arrival);
    return FilteredMessage::open(spool_, std::move(arrival), std::move(filter));
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
#include "mta/outbound/delivery_plan.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "mta/outbound/expansion.hpp"

namespace mailpipe::mta {

namespace {

using queue::Event;

constexpr std::string_view postmaster_name = "postmaster";

smtp::Reply temporary(std::string text) { return {451, "4.3.0", std::move(text)}; }

/// What makes two recipients the same mailbox.
std::string mailbox_key(const Resolution& resolution) { return fmt::format("{}\n{}", resolution.user, resolution.tag); }

/// False: that can't be told, and nobody gets it now.
bool refuse_loops(queue::Message& message, const NoteReply& note) {
    const auto trace = read_trace(message);
    for (std::size_t n = 0; n < message.recipients().size(); ++n) {
        const auto& state = message.recipients()[n];
        if (state.is_done()) continue;
        if (!trace) {
            note(n, temporary(trace.error().what));
        } else if (state.alias_of == 0 && trace->delivered_to.contains(state.recipient.mailbox)) {
            note(n, {554, "5.4.6", "mail loop: this message has been here before"});
        }
    }
    return trace.has_value();
}

/// Those that are no recipients already. A local one that is goes on: it may be an alias, and stand for others there;
/// that its mailbox gets one copy is seen to later.
std::vector<mail::Mailbox> new_members(std::vector<mail::Mailbox> members, const queue::Message& message,
                                       const Addressing& addressing) {
    const auto key = [](const mail::Mailbox& mailbox) { return mailbox.local_part + '\n' + lower(mailbox.domain); };
    std::unordered_set<std::string> final;
    for (const auto& state : message.recipients()) {
        const auto& mailbox = state.recipient.mailbox;
        if (state.alias_of != 0 || !addressing.is_local(mailbox.domain)) final.insert(key(mailbox));
    }
    std::erase_if(members, [&](const mail::Mailbox& member) { return final.contains(key(member)); });
    return members;
}

smtp::Reply expand_alias(const queue::Message& message, const Alias& alias, const Addressing& addressing) {
    auto members = expand(addressing, alias);
    if (members) return {250, "2.1.5", queue::join_addresses(new_members(std::move(*members), message, addressing))};
    const auto& error = members.error();
    const bool transient = error.fault == Fault::transient;
    return {transient ? 451 : 554, transient ? "4.3.5" : "5.4.6", error.what};
}

class Planner {
public:
    Planner(const queue::Message& message, Directory& directory, const NoteReply& note)
        : message_(message), directory_(directory), note_(note) {}

    DeliveryPlan plan() {
        if (message_.has_journal()) note_delivered();
        for (std::size_t n = 0; n < message_.recipients().size(); ++n) {  // expanding makes them more
            if (!message_.recipients()[n].is_done()) place(n);
        }
        return std::move(plan_);
    }

private:
    /// Who has a copy needs no other one, by whatever name.
    void note_delivered() {
        for (std::size_t n = 0; n < message_.recipients().size(); ++n) {
            const auto& state = message_.recipients()[n];
            if (!state.last || state.last->event != Event::delivered) continue;
            const auto found = directory_.addressing().resolve_user(state.recipient.mailbox);
            if (found && found->kind == Resolution::Kind::user) places_.emplace(mailbox_key(*found), n);
        }
    }

    Result<Resolution> look_up(const queue::RecipientState& state) {
        auto found = resolve(state);
        if (!found || found->kind != Resolution::Kind::unknown) return found;
        if (auto fresh = directory_.refresh(); !fresh) return failure({Fault::transient, "can't look for that mailbox now"});
        return resolve(state);
    }

    /// The members of an alias have been through all aliases.
    Result<Resolution> resolve(const queue::RecipientState& state) const {
        const auto& addressing = directory_.addressing();
        const auto& mailbox = state.recipient.mailbox;
        return state.alias_of == 0 ? addressing.resolve(mailbox) : addressing.resolve_user(mailbox);
    }

    void place(std::size_t number) {
        const auto& state = message_.recipients()[number];
        const auto found = look_up(state);
        if (!found) return note_(number, temporary(found.error().what));
        switch (found->kind) {
            case Resolution::Kind::user: return place_user(number, mailbox_key(*found));
            case Resolution::Kind::alias: return note_(number, expand_alias(message_, *found->alias, directory_.addressing()));
            case Resolution::Kind::unknown: return refuse(number);
            case Resolution::Kind::remote: plan_.remote.push_back(number); return;
        }
    }

    void place_user(std::size_t number, std::string key) {
        const auto [place, is_new] = places_.emplace(std::move(key), number);
        if (is_new) {
            plan_.local.push_back(number);
        } else {
            plan_.doubles.emplace_back(number, place->second);
        }
    }

    void refuse(std::size_t number) {
        const auto& mailbox = message_.recipients()[number].recipient.mailbox;
        if (iequals(mailbox.local_part, postmaster_name)) {
            const auto* why = "postmaster is no user here, and neither an alias nor the configuration names one";
            return note_(number, {451, "4.3.5", why});
        }
        note_(number, {550, "5.1.1", "no such user here"});
    }

    const queue::Message& message_;
    Directory& directory_;
    const NoteReply& note_;
    DeliveryPlan plan_;
    std::map<std::string, std::size_t> places_;
};

}  // namespace

Result<mail::Trace> read_trace(queue::Message& message) {
    const auto header = message.header(mail::HeaderReader::max_octets);
    if (!header) return failure(header.error());
    return mail::read_trace(*header);
}

DeliveryPlan plan_delivery(queue::Message& message, Directory& directory, const NoteReply& note) {
    if (!refuse_loops(message, note)) return {};
    return Planner{message, directory, note}.plan();
}

}  // namespace mailpipe::mta

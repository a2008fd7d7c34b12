// SPDX-License-Identifier: ISC
#include "mta/operator/queue_bounce.hpp"

#include <fmt/format.h>

#include "base/log.hpp"

namespace mailpipe::mta {

namespace {

using queue::Event;
using queue::Message;

/// RFC 3463 section 3.5: X.4.7 is for what has been there too long, which an operator has judged.
smtp::Reply given_up(const queue::RecipientState& state) {
    std::string text = "the administrator of this mail system has given it up";
    if (state.last) text += "; the last try: " + reply_text(*state.last);
    return {554, "5.4.7", std::move(text)};
}

Error refused(const std::string& id, std::string_view why) {
    return {Fault::permanent, fmt::format("{}: {}", id, why), ExitStatus::unavailable};
}

}  // namespace

Result<QueueBounce> QueueBounce::open(const queue::Spool& spool, NoticeRules rules, const Clock& clock) {
    auto claims = queue::Claims::open(spool, rules.hostname, clock.now());
    if (!claims) return failure(claims.error());
    return QueueBounce{spool, std::move(*claims), std::move(rules), clock};
}

Result<void> QueueBounce::give_up(const queue::Listed& listed, const Selection& selection) {
    if (listed.state == queue::State::active) return failure(queue::being_delivered(listed));
    claims_.touch();
    const auto taken = claims_.take(*listed.directory, listed.file_name);
    if (!taken) return failure(taken.error());
    if (!*taken) return failure(queue::has_gone(listed));

    auto message = Message::open(claims_.directory(), listed.file_name, Message::Access::work);
    if (!message) {
        static_cast<void>(put_back(listed));
        return failure(message.error());
    }
    const Outcomes outcomes{spool_, claims_, rules_, clock_};
    bool anyone = false;
    for (const auto number : selection.recipients_of(*message)) {
        const auto& state = message->recipients()[number];
        if (state.is_done()) continue;
        anyone = true;
        outcomes.note(*message, number, Event::failed, given_up(state));
    }
    auto settled = anyone ? settle(*message, outcomes) : failure(refused(listed.name.id, "nobody waits for it any more"));
    if (settled && message->is_done()) return claims_.remove(message->name());
    if (!outcomes.save(*message) && message->must_save()) return settled;  // stays claimed until this process is dead
    auto back = put_back(listed);
    return settled ? back : settled;
}

Result<void> QueueBounce::settle(Message& message, const Outcomes& outcomes) {
    if (auto told = outcomes.notify(message); !told) return told;
    if (message.is_done() && is_hopeless(rules_, message)) {
        return failure(refused(message.name().id, "there is nobody who can get a report of it; --delete throws it away"));
    }
    return {};
}

/// Where it was. What was never tried has a journal now, and is not new any more.
Result<void> QueueBounce::put_back(const queue::Listed& listed) const {
    if (listed.state == queue::State::held) return claims_.hold(to_string(listed.name));
    return claims_.put_back(listed.name, listed.name.due.value_or(unix_seconds(clock_.now())));
}

}  // namespace mailpipe::mta

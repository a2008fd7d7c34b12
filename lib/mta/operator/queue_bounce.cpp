// SPDX-License-Identifier: ISC
#include "mta/operator/queue_bounce.hpp"

#include <algorithm>

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
    Outcomes outcomes{spool_, claims_, rules_, clock_};
    auto settled = settle(*message, selection, outcomes);
    if (settled && message->is_done()) return claims_.remove(message->name());
    if (!outcomes.save(*message)) {
        if (settled) settled = failure({Fault::transient, fmt::format("{}: its journal can't be written", listed.name.id)});
        if (message->must_save()) return settled;  // stays claimed until this process is dead
    }
    auto back = put_back(listed);
    return settled ? back : settled;
}

/// Where it refuses, nothing has been noted.
Result<void> QueueBounce::settle(Message& message, const Selection& selection, Outcomes& outcomes) {
    auto meant = selection.recipients_of(message);
    const auto state_of = [&](std::size_t number) -> const auto& { return message.recipients()[number]; };
    std::erase_if(meant, [&](auto number) { return state_of(number).is_done(); });
    const auto& id = message.name().id;
    if (meant.empty()) return failure(refused(id, "nobody waits for it any more"));
    const auto is_last = [&](auto number) { return is_last_resort(rules_, message, state_of(number)); };
    if (is_hopeless(rules_, message) || std::ranges::any_of(meant, is_last)) {
        return failure(refused(id, "there is nobody who can get a report of it; --delete throws it away"));
    }
    for (const auto number : meant) outcomes.note(message, number, Event::failed, given_up(state_of(number)));
    return outcomes.notify(message);
}

/// Where it was. What was never tried has a journal now, and is not new any more.
Result<void> QueueBounce::put_back(const queue::Listed& listed) const {
    if (listed.state == queue::State::held) return claims_.hold(to_string(listed.name));
    return claims_.put_back(listed.name, listed.name.due.value_or(unix_seconds(clock_.now())));
}

}  // namespace mailpipe::mta

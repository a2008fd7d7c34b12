// SPDX-License-Identifier: ISC
// Mailbox::number: what new/ and cur/ hold against what dovecot-uidlist knows.
#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/number.hpp"
#include "store/guid.hpp"
#include "store/mailbox.hpp"
#include "store/maildir_name.hpp"
#include "store/uid_file.hpp"
#include "store/uid_validity.hpp"

namespace mailpipe::store {

namespace {

/// No two messages may have the same unique-id (RFC 1939 section 7): who comes later gets another one.
void keep_first_of_each(std::vector<Mailbox::Uidl>& uidls) {
    std::unordered_set<std::string> seen;
    std::erase_if(uidls, [&](const auto& one) { return !one.text.empty() && !seen.insert(one.text).second; });
}

}  // namespace

/// Takes the UIDs (and sizes, and POP3's unique-ids) that the map knows. Returns how many messages got one.
std::size_t Mailbox::take_uids(const UidMap& map) {
    uidls_.clear();
    for (auto& message : messages_) message.uid = 0;
    for (const auto& record : map.records()) {
        const auto found = names_.find(record.base);
        if (!found) continue;
        auto& message = messages_[*found];
        message.uid = record.uid;  // of two lines with one name the later counts
        if (record.keys.empty()) continue;
        if (const auto octets = key_value(record, 'W'); octets && message.wire_octets == unknown_size) {
            message.wire_octets = parse_number(*octets, "W").value_or(unknown_size);
        }
        if (const auto text = key_value(record, 'P')) uidls_.push_back({record.uid, std::string{*text}});
    }
    keep_first_of_each(uidls_);
    uid_validity_ = map.uid_validity();
    return static_cast<std::size_t>(std::ranges::count_if(messages_, [](const auto& m) { return m.uid != 0; }));
}

/// New records for the messages that have no UID, the older ones first, and their UIDs.
std::string Mailbox::add_newcomers(std::uint32_t next_uid) {
    std::vector<Message*> newcomers;
    for (auto& message : messages_) {
        if (message.uid == 0) newcomers.push_back(&message);
    }
    std::ranges::sort(newcomers, [&](const Message* a, const Message* b) {
        return arrived_before(parse_maildir_name(base(*a)), parse_maildir_name(base(*b)));
    });
    std::string records;
    for (auto* message : newcomers) {
        // Measured once in the life of a message whose name does not tell its size. Where it can't be read, later.
        const bool tells = message->wire_octets != unknown_size;
        const bool measured = !tells && measure(*message);
        message->uid = next_uid++;
        append_record(records,
                      {message->uid, measured ? fmt::format("W{}", message->wire_octets) : "", base(*message)});
    }
    return records;
}

Result<void> Mailbox::give_uids(const Clock& clock) {
    const auto lock = lock_uid_map(directory_);
    if (!lock) return failure(lock.error());
    auto map = read_uid_map(directory_);
    if (!map) return failure(map.error());
    const auto old_validity = map->uid_validity();
    auto known = take_uids(*map);
    if (messages_.size() - known >= UINT32_MAX - map->next_uid()) {  // no UIDs left: all anew (RFC 3501 section 2.3.1.1)
        map->forget_all();
        known = take_uids(*map);
    }
    const auto next_uid = map->next_uid();
    const auto newcomers = add_newcomers(next_uid);

    if (map->uid_validity() == 0) map->set_uid_validity(next_uid_validity(directory_, clock, old_validity));
    if (map->guid().empty()) map->set_guid(random_guid());
    uid_validity_ = map->uid_validity();
    std::optional<Result<NameList>> again;  // what the first look missed, as it was just being renamed, keeps its UID
    const auto is_there = [&](std::string_view base) {
        if (names_.find(base)) return true;
        if (!again) again = NameList::scan(new_, cur_);
        return !*again || (*again)->find(base).has_value();
    };
    const auto given = static_cast<std::uint32_t>(messages_.size() - known);
    return extend_uid_map(directory_, *map, {newcomers, next_uid + given, known, is_there});
}

Result<void> Mailbox::number(const Clock& clock) {
    if (is_numbered_) return {};
    const auto map = read_uid_map(directory_);
    if (!map) return failure(map.error());
    if (take_uids(*map) < messages_.size() || (map->uid_validity() == 0 && !messages_.empty())) {
        if (auto r = give_uids(clock); !r) return r;
    }
    std::ranges::sort(messages_, {}, &Message::uid);
    is_numbered_ = true;
    return {};
}

}  // namespace mailpipe::store

// SPDX-License-Identifier: ISC
// STATUS (RFC 9051 section 6.3.11, RFC 8438, RFC 7889, RFC 8474, RFC 9208).
#include "imap/verbs/status.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "imap/grammar/mailbox_name.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

struct Counts {
    std::uint64_t messages = 0, unseen = 0, deleted = 0, recent = 0, octets = 0, deleted_octets = 0;
};

std::uint64_t octets_of(store::IndexedFolder& folder, const store::Record& record) {
    if (record.wire_octets != store::Record::unknown_octets) return record.wire_octets;
    return folder.wire_octets(record.uid).value_or(0);  // one that is just going counts nothing
}

enum class Sizes { leave_out, add };

Counts count(store::IndexedFolder& folder, Sizes sizes) {
    Counts counts;
    const auto owner = folder.index();  // octets_of() may put another one in its place
    const auto& index = *owner;
    for (std::size_t i = 0; i < index.size(); ++i) {
        const auto& record = index[i];
        if (record.is_expunged()) continue;
        const bool is_deleted = (record.flags & store::flag::deleted) != 0;
        ++counts.messages;
        counts.unseen += (record.flags & store::flag::seen) == 0 ? 1 : 0;
        counts.deleted += is_deleted ? 1 : 0;
        counts.recent += record.uid >= index.header().first_recent ? 1 : 0;
        if (sizes == Sizes::leave_out) continue;
        const auto octets = octets_of(folder, record);
        counts.octets += octets;
        counts.deleted_octets += is_deleted ? octets : 0;
    }
    return counts;
}

std::string value_of(StatusItem item, const Session& session, const store::IndexHeader& header, const Counts& counts) {
    switch (item) {
        case StatusItem::messages: return std::to_string(counts.messages);
        case StatusItem::recent: return std::to_string(counts.recent);
        case StatusItem::uid_next: return std::to_string(header.next_uid);
        case StatusItem::uid_validity: return std::to_string(header.uid_validity);
        case StatusItem::unseen: return std::to_string(counts.unseen);
        case StatusItem::deleted: return std::to_string(counts.deleted);
        case StatusItem::size: return std::to_string(counts.octets);
        case StatusItem::deleted_storage: return std::to_string(counts.deleted_octets);
        case StatusItem::highest_mod_seq: return std::to_string(header.highest_modseq);
        case StatusItem::append_limit: return std::to_string(session.settings.append_limit);
        case StatusItem::mailbox_id: return "(" + mailbox_id(header) + ")";
    }
    return {};
}

}  // namespace

void tell_status(Session& session, store::IndexedFolder& folder, std::string_view name, const std::vector<StatusItem>& items) {
    const bool with_sizes = std::ranges::any_of(items, [](auto item) { return item == StatusItem::size || item == StatusItem::deleted_storage; });
    const auto header = folder.index()->header();  // as it was before: others may be at work
    const auto counts = count(folder, with_sizes ? Sizes::add : Sizes::leave_out);
    std::string out = "* STATUS ";
    append_mailbox(out, name, session.utf8());
    std::string_view before = " (";
    for (const auto item : items) {
        out.append(before).append(name_of(item)).append(" ").append(value_of(item, session, header, counts));
        before = " ";
    }
    session.channel.write(out + ")\r\n");
}

Result<void> tell_status(Session& session, std::string_view name, const std::vector<StatusItem>& items) {
    auto folder = open_folder(session, name, store::Access::examine);
    if (!folder) return failure(folder.error());
    const bool wants_modseq = std::ranges::find(items, StatusItem::highest_mod_seq) != items.end();
    if (wants_modseq) enable(session, Feature::condstore);  // RFC 7162 section 3.1
    tell_status(session, *folder, name, items);
    return {};
}

Result<Reply> verbs::status(Session& session, const Command& command) {
    const auto request = parse_status(command, session.utf8());
    if (!request) return bad(request.error());
    const auto name = canonical_name(session, request->mailbox);
    if (!name) return no(name.error());
    if (auto r = tell_status(session, *name, request->items); !r) return no(r.error());
    return ok("done");
}

}  // namespace mailpipe::imap

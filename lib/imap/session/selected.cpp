// SPDX-License-Identifier: ISC
#include "imap/session/selected.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.hpp"
#include "imap/session/message_flags.hpp"
#include "imap/session/session.hpp"
#include "store/index/index_directory.hpp"
#include "store/tree/courier_keywords.hpp"

namespace mailpipe::imap {

namespace {

/// Keywords that came by other hands have no name yet.
bool has_unknown_keywords(const Selected& mailbox, const store::Record& record) {
    for (unsigned i = 0; i < store::max_keywords; ++i) {
        if ((record.keywords >> i & 1) != 0 && mailbox.keywords.name(i).empty()) return true;
    }
    return false;
}

}  // namespace

NumberSet all_gone(const store::View& view, std::uint32_t first) {
    const auto next_uid = view.next_uid();
    NumberSet gone;
    auto from = first;
    for (auto sequence = view.count_below(first) + 1; sequence <= view.size(); ++sequence) {
        const auto uid = view.record(sequence).uid;
        if (uid > from) gone.add({from, uid - 1});
        from = uid + 1;
    }
    if (from < next_uid) gone.add({from, next_uid - 1});
    return gone;
}

/// Messages that nobody was told of yet are \Recent to who comes first (RFC 3501 section 2.3.2).
void claim_recent(Session& session) {
    auto& mailbox = *session.mailbox;
    auto& header = mailbox.folder.index()->header();
    const auto next = header.next_uid;
    auto first = __atomic_load_n(&header.first_recent, __ATOMIC_ACQUIRE);
    const auto claim = [&] {
        return __atomic_compare_exchange_n(&header.first_recent, &first, next, /*weak=*/false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    };
    while (first < next && !mailbox.is_read_only() && !claim()) continue;  // others have claimed some meanwhile
    if (first < next) mailbox.recent.add({first, next - 1});
}

Result<std::string> canonical_name(const Session& session, std::string_view name) {
    const auto& rules = session.settings.names;
    if (name.ends_with(rules.separator)) name.remove_suffix(1);
    return store::canonical_name(name, rules);
}

std::string mailbox_id(const store::IndexHeader& header) { return "F" + std::string{header.guid, sizeof header.guid}; }

std::optional<NumberSet> vanished_since(const Selected& mailbox, std::uint64_t modseq) {
    const auto uids = mailbox.folder.expunged_since(modseq);
    if (!uids) return {};
    NumberSet gone;
    for (const auto uid : *uids) {
        if (!mailbox.view.sequence_of(uid)) gone.add(uid);  // what went just now is told by its number
    }
    return gone;
}

Result<store::IndexedFolder> open_folder(Session& session, std::string_view name, store::Access access) {
    auto& mail = *session.mail;
    const auto directory = mail.tree.find(name);
    if (!directory) return failure(directory.error());
    auto folder = mail.tree.open_folder(name);
    if (!folder) return failure(folder.error());
    auto root = open_directory(mail.tree.path());
    if (!root) return failure(root.error());
    auto index = store::open_index_directory(mail.home.index, *folder, *directory);
    if (!index) return failure(index.error());
    if (const auto r = store::adopt_courier_keywords(*folder); !r) log_trouble(session, r.error());
    auto opened = store::IndexedFolder::open(
        {std::move(*folder), std::move(*root), std::move(*index), session.settings.hostname}, session.world.clock);
    if (!opened) return opened;
    if (auto r = opened->refresh(access); !r) return failure(r.error());
    return opened;
}

bool has_lost_index(Session& session) {
    if (!session.mailbox) return false;
    const auto& mailbox = *session.mailbox;
    if (!mailbox.view.index().is_cut_short() && !mailbox.folder.index()->is_cut_short()) return false;
    session.bye = "somebody has cut the mailbox's index short";
    session.stage = over;
    return true;
}

void tell_new_keywords(Session& session, const std::vector<std::uint32_t>& changed, std::uint32_t first_new) {
    auto& mailbox = *session.mailbox;
    const auto is_unknown = [&](auto sequence) { return has_unknown_keywords(mailbox, mailbox.view.record(sequence)); };
    bool must_read = std::ranges::any_of(changed, is_unknown);
    for (auto sequence = first_new; !must_read && sequence <= mailbox.view.size(); ++sequence) must_read = is_unknown(sequence);
    if (!must_read) return;
    auto keywords = store::read_keywords(mailbox.folder.directory());
    if (!keywords || *keywords == mailbox.keywords) return;
    mailbox.keywords = std::move(*keywords);
    tell_flags(session);
}

std::uint32_t count_recent(const Session& session) {
    const auto& view = session.mailbox->view;
    std::uint32_t count = 0;
    for (const auto& [first, last] : session.mailbox->recent.ranges()) count += view.count_below(last + 1) - view.count_below(first);
    return count;
}

std::optional<std::vector<std::uint32_t>> sequences(const Session& session, const MessageSet& set, bool is_uid) {
    const auto& view = session.mailbox->view;
    std::vector<std::uint32_t> found;
    if (is_uid || set.is_saved) {
        const auto wanted = set.is_saved ? session.saved : set.numbers.resolved(view.largest_uid());
        for (const auto& [first, last] : wanted.ranges()) {
            const auto end = last == UINT32_MAX ? view.size() : view.count_below(last + 1);
            for (auto sequence = view.count_below(first) + 1; sequence <= end; ++sequence) found.push_back(sequence);
        }
        return found;
    }
    for (const auto& [first, last] : set.numbers.resolved(view.size()).ranges()) {
        if (last > view.size()) return {};
        for (auto sequence = first; sequence <= last; ++sequence) found.push_back(sequence);
    }
    if (found.empty()) return {};  // numbers, but no messages
    return found;
}

std::vector<std::uint32_t> uids(const Session& session, const std::vector<std::uint32_t>& sequences) {
    std::vector<std::uint32_t> found;
    found.reserve(sequences.size());
    for (const auto sequence : sequences) found.push_back(session.mailbox->view.record(sequence).uid);
    return found;
}

void append_flags(std::string& out, const Session& session, const store::Record& record) {
    const auto& mailbox = *session.mailbox;
    out += '(';
    const auto begin = out.size();
    const auto add = [&](std::string_view name) {
        if (out.size() > begin) out += ' ';
        out += name;
    };
    for (const auto flag : system_flags) {
        if ((record.flags & index_bit(flag)) != 0) add(name_of(flag));
    }
    for (unsigned i = 0; record.keywords >> i != 0; ++i) {
        if ((record.keywords >> i & 1) != 0 && !mailbox.keywords.name(i).empty()) add(mailbox.keywords.name(i));
    }
    if (!session.has(Feature::imap4rev2) && mailbox.recent.contains(record.uid)) add("\\Recent");
    out += ')';
}

void tell_flags(Session& session) {
    const auto& mailbox = *session.mailbox;
    std::string all;
    for (const auto flag : system_flags) all.append(all.empty() ? "" : " ").append(name_of(flag));
    for (unsigned i = 0; i < store::max_keywords; ++i) {
        if (!mailbox.keywords.name(i).empty()) all.append(" ").append(mailbox.keywords.name(i));
    }
    const bool is_full = !mailbox.keywords.name(store::max_keywords - 1).empty();
    const auto permanent = mailbox.is_read_only() ? "" : all + (is_full ? "" : " \\*");
    session.channel.write(fmt::format("* FLAGS ({})\r\n* OK [PERMANENTFLAGS ({})] these stay\r\n", all, permanent));
}

void begin_fetch(std::string& out, const Session& session, std::uint32_t sequence, std::uint32_t uid) {
    if (session.has(Feature::uid_only)) out.append("* ").append(std::to_string(uid)).append(" UIDFETCH (");
    else out.append("* ").append(std::to_string(sequence)).append(" FETCH (");
}

bool tells_uids(const Session& session) {
    const bool is_modern = session.has(Feature::condstore) || session.has(Feature::imap4rev2) || session.events.is_asked;
    return is_modern && !session.has(Feature::uid_only);
}

const store::Record& record_now(const Session& session, const store::Record& seen) {
    const auto& index = *session.mailbox->folder.index();
    if (&index == &session.mailbox->view.index()) return seen;
    const auto now = index.find(seen.uid);
    return now ? index[*now] : seen;
}

std::uint64_t told_modseq(const Session& session, const store::Record& record) {
    const auto modseq = __atomic_load_n(&record.modseq, __ATOMIC_ACQUIRE);
    return std::min(modseq, __atomic_load_n(&session.mailbox->folder.index()->header().highest_modseq, __ATOMIC_ACQUIRE));
}

void tell_message_flags(Session& session, std::uint32_t sequence) {
    const auto& record = session.mailbox->view.record(sequence);
    std::string out;
    begin_fetch(out, session, sequence, record.uid);
    if (tells_uids(session)) out.append("UID ").append(std::to_string(record.uid)).append(" ");
    out += "FLAGS ";
    append_flags(out, session, record);
    // Not beyond what the view knows: somebody may have expunged messages since, of which nothing was told yet.
    const auto modseq = std::min(told_modseq(session, record), session.mailbox->view.modseq());
    if (session.has(Feature::condstore)) out.append(" MODSEQ (").append(std::to_string(modseq)).append(")");
    session.channel.write(out.append(")\r\n"));
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/verbs/contexts.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "imap/search/context_change.hpp"
#include "imap/search/sort.hpp"
#include "imap/verbs/compared.hpp"
#include "imap/verbs/search_answer.hpp"

namespace mailpipe::imap {

namespace {

using Uids = std::vector<std::uint32_t>;

ResultOrder order_of(const SearchContext& context) { return context.is_sorted ? ResultOrder::sorted : ResultOrder::mailbox; }

std::string to_line(const Session& session, const SearchContext& context, const std::string& changes) {
    if (changes.empty()) return {};
    const auto mailbox = context.names_mailbox ? mailbox_correlators(session) : std::string{};
    return fmt::format("* ESEARCH (TAG \"{}\"{}){}{}\r\n", context.tag, mailbox, context.is_uid ? " UID" : "", changes);
}

/// Message numbers and "$" are what they were when the command came: RFC 5267 section 4.3.
SearchProgram fixed(const Session& session, SearchProgram program) {
    for (auto& key : program) {
        if (key.kind != SearchKey::Kind::numbers && key.kind != SearchKey::Kind::saved) continue;
        const auto& view = session.mailbox->view;
        NumberSet uids = key.kind == SearchKey::Kind::saved ? session.saved : NumberSet{};
        if (key.kind == SearchKey::Kind::numbers) {
            for (const auto& [first, last] : key.numbers.resolved(view.size()).ranges()) {
                for (auto i = first; i <= std::min(last, view.size()); ++i) uids.add(view.record(i).uid);
            }
        }
        key.kind = SearchKey::Kind::uids;
        key.numbers = std::move(uids);
    }
    return program;
}

std::uint32_t number_of(const Session& session, const SearchContext& context, std::uint32_t uid) {
    return context.is_uid ? uid : session.mailbox->view.sequence_of(uid).value_or(0);
}

/// Takes them out of the context, and tells where they were.
std::vector<Placed> take_out(SearchContext& context, const Uids& uids, const std::function<std::uint32_t(std::uint32_t)>& number) {
    std::vector<Placed> gone;
    Uids kept;
    for (std::size_t i = 0; i < context.uids.size(); ++i) {
        const auto uid = context.uids[i];
        if (std::ranges::binary_search(uids, uid)) gone.push_back({static_cast<std::uint32_t>(i + 1), number(uid)});
        else kept.push_back(uid);
    }
    if (!gone.empty()) context.uids = std::move(kept);
    return gone;
}

/// Puts messages into a context in its order.
class Insertion {
public:
    Insertion(Session& session, SearchContext& context, Searcher& searcher) : session_(session), context_(context), searcher_(searcher) {}

    /// `uids` ascend. Those that are gone are not put in.
    std::vector<Placed> run(Uids uids) {
        if (uids.empty()) return {};
        if (context_.is_sorted) uids = sort(uids);
        Uids merged;
        std::vector<Placed> added;
        auto rest = context_.uids.begin();
        for (const auto uid : uids) {
            const auto place = std::partition_point(rest, context_.uids.end(), [&](auto other) { return is_before(other, uid); });
            merged.insert(merged.end(), rest, place);
            rest = place;
            merged.push_back(uid);
            added.push_back({static_cast<std::uint32_t>(merged.size()), number_of(session_, context_, uid)});
        }
        merged.insert(merged.end(), rest, context_.uids.end());
        context_.uids = std::move(merged);
        return added;
    }

private:
    bool compare(Compared& all, std::uint32_t uid) {
        const auto sequence = session_.mailbox->view.sequence_of(uid);
        return sequence && imap::compare(all, session_, searcher_, *sequence, /*is_uid=*/true);
    }
    Uids sort(const Uids& uids) {
        Compared all;
        for (const auto uid : uids) (void)compare(all, uid);
        Uids in_order;
        for (const auto place : sorted(all.found, context_.criteria)) in_order.push_back(all.found[place].number);
        return in_order;
    }
    bool is_before(std::uint32_t one, std::uint32_t other) {
        if (!context_.is_sorted) return one < other;
        Compared both;  // in the mailbox's order, as `sorted` wants them
        if (!compare(both, std::min(one, other)) || !compare(both, std::max(one, other))) return true;
        return both.found[sorted(both.found, context_.criteria).front()].number == one;
    }

    Session& session_;
    SearchContext& context_;
    Searcher& searcher_;
};

/// Sequence numbers of messages that the contexts have not seen as they are now.
Numbers unseen_changes(const Session& session) {
    const auto& mailbox = *session.mailbox;
    Numbers found;
    for (std::uint32_t sequence = 1; sequence <= mailbox.view.size(); ++sequence) {
        const auto& record = mailbox.view.record(sequence);
        if (record.modseq > mailbox.contexts.modseq && !record.is_expunged()) found.push_back(sequence);
    }
    return found;
}

/// Adds the ESEARCH to `updates`.
void update(Session& session, SearchContext& context, const Numbers& changed, std::uint32_t first_new, ContextUpdates& updates) {
    Searcher searcher{session, context.program};
    Uids members = context.uids;
    if (context.is_sorted) std::ranges::sort(members);
    Uids out;
    Uids in;
    for (const auto sequence : changed) {
        const auto uid = session.mailbox->view.record(sequence).uid;
        const bool was_in = std::ranges::binary_search(members, uid);
        const bool is_in = searcher.matches(sequence);
        if (was_in && !is_in) out.push_back(uid);
        if (was_in || !is_in) continue;
        in.push_back(uid);
        if (sequence >= first_new && !context.items.empty()) {
            auto& items = updates.fetches[uid];
            items.insert(items.end(), context.items.begin(), context.items.end());
        }
    }
    const auto gone = take_out(context, out, [&](auto uid) { return number_of(session, context, uid); });
    const auto added = Insertion{session, context, searcher}.run(std::move(in));
    updates.text += to_line(session, context, remove_from(gone, order_of(context)) + add_to(added, order_of(context)));
}

/// Of what is told unasked nothing sets \Seen.
std::vector<FetchItem> peeking(std::vector<FetchItem> items) {
    for (auto& item : items) item.is_peek = true;
    return items;
}

}  // namespace

std::optional<Reply> refuse_update(const Session& session, const Command& command, const SearchReturn& wanted) {
    if (!wanted.update) return {};
    if (!offers(session, command.name == "SORT" ? "CONTEXT=SORT" : "CONTEXT=SEARCH")) return bad("UPDATE is not offered");
    const auto& contexts = session.mailbox->contexts.all;
    if (std::ranges::find(contexts, command.tag, &SearchContext::tag) == contexts.end()) return {};
    return bad("that tag is in use for another search with UPDATE");
}

void tell_no_update(Session& session, const Command& command, std::string_view why) {
    session.channel.write(fmt::format("* NO [NOUPDATE \"{}\"] {}\r\n", command.tag, why));
}

void keep_context(Session& session, const Command& command, const SearchRequest& request, const Numbers& found,
                  const std::vector<SortCriterion>* criteria) {
    if (!request.wanted.update) return;
    auto& contexts = session.mailbox->contexts;
    if (contexts.all.size() >= max_search_contexts) return tell_no_update(session, command, "too many searches with UPDATE");
    if (contexts.all.empty()) contexts.modseq = session.mailbox->view.modseq();
    const bool names_mailbox = command.name == "ESEARCH";
    contexts.all.push_back({std::string{command.tag}, command.is_uid || names_mailbox, names_mailbox, fixed(session, request.program), criteria != nullptr,
                            criteria != nullptr ? *criteria : std::vector<SortCriterion>{}, peeking(request.wanted.update_items),
                            uids(session, found)});
}

void tell_context_removals(Session& session, const store::View::Changes& changes) {
    if (changes.vanished.empty()) return;
    for (auto& context : session.mailbox->contexts.all) {
        const auto number = [&](std::uint32_t uid) {
            const auto at = std::ranges::lower_bound(changes.vanished, uid) - changes.vanished.begin();
            return context.is_uid ? uid : changes.expunged.rbegin()[at];  // the largest is the first there
        };
        session.channel.write(to_line(session, context, remove_from(take_out(context, changes.vanished, number), order_of(context))));
    }
}

ContextUpdates update_contexts(Session& session, std::uint32_t first_new) {
    ContextUpdates updates;
    auto& contexts = session.mailbox->contexts;
    const auto highest = session.mailbox->view.modseq();
    if (contexts.all.empty() || highest <= contexts.modseq) return updates;
    const auto changed = unseen_changes(session);
    for (auto& context : contexts.all) update(session, context, changed, first_new, updates);
    contexts.modseq = highest;
    return updates;
}

}  // namespace mailpipe::imap

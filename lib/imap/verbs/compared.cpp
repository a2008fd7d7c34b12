// SPDX-License-Identifier: ISC
#include "imap/verbs/compared.hpp"

#include <algorithm>
#include <unordered_map>

namespace mailpipe::imap {

namespace {

using store::Record;

/// All that have to be read: then they stand in the index.
void read_summaries(Session& session, Searcher& searcher, const Numbers& sequences, Progress& progress) {
    std::uint32_t done = 0;
    for (const auto sequence : sequences) {
        auto& record = session.mailbox->view.record(sequence);
        if (store::heap_place(record, store::EntryKind::summary) == 0) (void)Message{searcher.source(), record}.summary();
        progress.step(++done, static_cast<std::uint32_t>(sequences.size()));
    }
    searcher.batch().flush();
}

bool has_sort_facts(const Record& record) {
    return (__atomic_load_n(&record.summary, __ATOMIC_ACQUIRE) & Record::has_sort_facts) != 0;
}

void note_sort_facts(Record& record, std::optional<std::int64_t> sent, std::string_view subject) {
    const auto mark = mark_of(subject);
    record.sent = sent.value_or(Record::unknown_date);
    record.subject_hash = mark.hash;
    std::ranges::copy(mark.beginning, record.subject_beginning);
    __atomic_fetch_or(&record.summary, Record::has_sort_facts, __ATOMIC_RELEASE);  // last: others look without a lock
    store::seal_measured(record);
}

SubjectMark mark_in(const Record& record) {
    SubjectMark mark{.hash = record.subject_hash};
    std::ranges::copy(record.subject_beginning, mark.beginning.begin());
    return mark;
}

/// Messages in the mailbox's order, for criteria that need no summaries: the records tell nearly all.
class Sortables {
public:
    /// For `most` messages at most.
    Sortables(Session& session, Searcher& searcher, std::span<const SortCriterion> criteria, std::size_t most)
        : session_(session), searcher_(searcher), criteria_(criteria) {
        sequences_.reserve(most);
        sortables_.reserve(most);
    }

    void add(std::uint32_t sequence) {
        auto& record = session_.mailbox->view.record(sequence);
        Message message{searcher_.source(), record};
        const bool by_header = has(criteria_, SortKey::date) || has(criteria_, SortKey::subject);
        if (by_header && !has_sort_facts(record) && !learn_sort_facts(message, record)) return;
        const bool is_sent = by_header && record.sent != Record::unknown_date;
        const bool by_arrival = has(criteria_, SortKey::arrival) || (has(criteria_, SortKey::date) && !is_sent);
        const auto arrival = by_arrival ? message.internal_date() : 0;
        const auto octets = has(criteria_, SortKey::size) ? message.wire_octets() : 0;
        if (!arrival || !octets) return;
        sequences_.push_back(sequence);
        sortables_.push_back({*arrival, is_sent ? record.sent : *arrival, *octets, mark_in(record)});
    }

    Numbers sorted() {
        const auto key = [&](std::uint32_t place, Summary::Key) -> std::string_view { return subject_of(sequences_[place]); };
        const auto places = imap::sorted(sortables_, criteria_, key);
        Numbers in_order(places.size());
        std::ranges::transform(places, in_order.begin(), [&](auto place) { return sequences_[place]; });
        return in_order;
    }

private:
    /// False for a message that can't be read.
    bool learn_sort_facts(Message& message, Record& record) {
        const auto payload = store::kept(session_.mailbox->view.index(), record, store::EntryKind::summary);
        if (const auto summary = payload ? read_summary(*payload) : std::nullopt) {
            note_sort_facts(record, summary->sent(), summary->key(Summary::Key::subject));
            return true;
        }
        const auto header = message.header();
        if (!header) return false;
        const auto fields = read_sort_fields(*header);
        note_sort_facts(record, fields.sent, fields.subject);
        return true;
    }

    const std::string& subject_of(std::uint32_t sequence) {
        const auto [found, is_new] = subjects_.try_emplace(sequence);
        if (!is_new) return found->second;
        Message message{searcher_.source(), session_.mailbox->view.record(sequence)};
        if (const auto summary = message.summary()) found->second = summary->key(Summary::Key::subject);
        return found->second;
    }

    Session& session_;
    Searcher& searcher_;
    std::span<const SortCriterion> criteria_;
    Numbers sequences_;
    std::vector<Sortable> sortables_;
    std::unordered_map<std::uint32_t, std::string> subjects_;  // that their marks do not tell apart
};

}  // namespace

bool compare(Compared& all, Session& session, Searcher& searcher, std::uint32_t sequence, bool is_uid) {
    auto& record = session.mailbox->view.record(sequence);
    Message message{searcher.source(), record};
    const auto arrival = message.internal_date();
    const auto octets = message.wire_octets();
    const auto payload = store::kept(session.mailbox->view.index(), record, store::EntryKind::summary);
    auto summary = payload ? read_summary(*payload) : std::nullopt;
    if (!summary) {
        const auto text = message.text();
        if (text) summary = read_summary(all.made.emplace_back(make_summary(*text)));
    }
    if (!arrival || !octets || !summary) return false;
    all.sequences.push_back(sequence);
    all.found.push_back({is_uid ? record.uid : sequence, *summary, *arrival, *octets});
    return true;
}

Compared compared(Session& session, Searcher& searcher, const Numbers& sequences, Progress& progress, bool is_uid) {
    read_summaries(session, searcher, sequences, progress);
    Compared all;
    for (const auto sequence : sequences) (void)compare(all, session, searcher, sequence, is_uid);
    return all;
}

Numbers sorted_sequences(Session& session, Searcher& searcher, const Numbers& sequences, std::span<const SortCriterion> criteria,
                         Progress& progress) {
    if (needs_summaries(criteria)) {
        const auto all = compared(session, searcher, sequences, progress, /*is_uid=*/false);
        Numbers in_order;
        for (const auto place : sorted(all.found, criteria)) in_order.push_back(all.sequences[place]);
        return in_order;
    }
    Sortables messages{session, searcher, criteria, sequences.size()};
    std::uint32_t done = 0;
    for (const auto sequence : sequences) {
        messages.add(sequence);
        progress.step(++done, static_cast<std::uint32_t>(sequences.size()));
    }
    return messages.sorted();
}

}  // namespace mailpipe::imap

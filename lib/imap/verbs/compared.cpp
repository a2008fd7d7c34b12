// SPDX-License-Identifier: ISC
#include "imap/verbs/compared.hpp"

#include <algorithm>

namespace mailpipe::imap {

namespace {

using store::Record;

/// For the next SORT.
void note_sort_facts(Record& record, const Summary& summary) {
    if (record.summary == 0 || (record.summary & Record::has_sort_facts) != 0) return;
    const auto subject = mark_of(summary.key(Summary::Key::subject));
    record.sent = summary.sent().value_or(Record::unknown_date);
    record.subject_hash = subject.hash;
    std::ranges::copy(subject.beginning, record.subject_beginning);
    record.summary |= Record::has_sort_facts;
    store::seal_measured(record);
}

/// What the record alone tells; nothing where it does not tell all.
std::optional<Sortable> sortable_of(const Record& record) {
    const bool is_measured = record.internal_date != Record::unknown_date && record.wire_octets != Record::unknown_octets;
    if (!is_measured || (record.summary & Record::has_sort_facts) == 0) return {};
    const auto arrival = possible_date(record.internal_date);
    const auto sent = record.sent == Record::unknown_date ? arrival : record.sent;
    Sortable known{arrival, sent, record.wire_octets, {.hash = record.subject_hash}};
    std::ranges::copy(record.subject_beginning, known.subject.beginning.begin());
    return known;
}

Sortable sortable_of(const Found& message) {
    return {message.arrival, message.sent(), message.octets, mark_of(message.summary.key(Summary::Key::subject))};
}

/// All that have to be read: then they stand in the index.
void read_summaries(Session& session, Searcher& searcher, const Numbers& sequences, Progress& progress) {
    std::uint32_t done = 0;
    for (const auto sequence : sequences) {
        auto& record = session.mailbox->view.record(sequence);
        if (record.summary == 0) (void)Message{searcher.source(), record}.summary();
        progress.step(++done, static_cast<std::uint32_t>(sequences.size()));
    }
    searcher.batch().flush();
}

/// Messages in the mailbox's order, of which the records tell most.
class Sortables {
public:
    /// Not more than `most`.
    Sortables(Session& session, Searcher& searcher, std::size_t most) : session_(session), searcher_(searcher) {
        sequences_.reserve(most);
        sortables_.reserve(most);
    }

    void add(std::uint32_t sequence) {
        auto known = sortable_of(record(sequence));
        if (!known && compare(read_, session_, searcher_, sequence, /*is_uid=*/false)) known = sortable_of(read_.found.back());
        if (!known) return;
        sequences_.push_back(sequence);
        sortables_.push_back(*known);
    }

    Numbers sorted(std::span<const SortCriterion> criteria) {
        const auto places = imap::sorted(sortables_, criteria, [&](auto place, auto key) { return this->key(sequences_[place], key); });
        Numbers in_order(places.size());
        std::ranges::transform(places, in_order.begin(), [&](auto place) { return sequences_[place]; });
        return in_order;
    }

private:
    Record& record(std::uint32_t sequence) { return session_.mailbox->view.record(sequence); }

    std::string_view key(std::uint32_t sequence, Summary::Key key) {
        const auto read = std::ranges::lower_bound(read_.sequences, sequence);
        if (read != read_.sequences.end() && *read == sequence) {
            return read_.found[static_cast<std::size_t>(read - read_.sequences.begin())].summary.key(key);
        }
        const auto payload = store::kept(session_.mailbox->view.index(), record(sequence), store::EntryKind::summary);
        const auto summary = payload ? read_summary(*payload) : std::nullopt;
        return summary ? summary->key(key) : std::string_view{};
    }

    Session& session_;
    Searcher& searcher_;
    Compared read_;
    Numbers sequences_;
    std::vector<Sortable> sortables_;
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
    if (payload) note_sort_facts(record, *summary);
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
    read_summaries(session, searcher, sequences, progress);
    Sortables messages{session, searcher, sequences.size()};
    for (const auto sequence : sequences) messages.add(sequence);
    return messages.sorted(criteria);
}

}  // namespace mailpipe::imap

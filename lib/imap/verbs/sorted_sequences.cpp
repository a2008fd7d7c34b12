// SPDX-License-Identifier: ISC
#include "imap/verbs/sorted_sequences.hpp"

#include <algorithm>
#include <unordered_map>

#include "imap/search/sort.hpp"
#include "imap/verbs/compared.hpp"

namespace mailpipe::imap {

namespace {

using store::Record;
using store::SortFacts;

SortFacts facts_of(std::optional<std::int64_t> sent, std::string_view subject) {
    const auto mark = mark_of(subject);
    return {sent.value_or(SortFacts::no_date), mark.hash, mark.beginning};
}

/// Messages in the mailbox's order, for criteria that need no summaries: the records tell nearly all.
class Sortables {
public:
    /// For `most` messages at most.
    Sortables(Session& session, Searcher& searcher, std::span<const SortCriterion> criteria, std::size_t most)
        : session_(session),
          searcher_(searcher),
          criteria_(criteria),
          is_by_header_(has(criteria, SortKey::date) || has(criteria, SortKey::subject)),
          is_by_sent_date_(has(criteria, SortKey::date)),
          is_by_arrival_(has(criteria, SortKey::arrival)),
          is_by_size_(has(criteria, SortKey::size)) {
        sequences_.reserve(most);
        sortables_.reserve(most);
    }

    void add(std::uint32_t sequence) {
        auto& record = session_.mailbox->view.record(sequence);
        Message message{searcher_.source(), record};
        const auto facts = is_by_header_ ? sort_facts(message, record) : SortFacts{};
        if (!facts) return;
        const bool is_sent = facts->sent != SortFacts::no_date;
        const auto arrival = is_by_arrival_ || (is_by_sent_date_ && !is_sent) ? message.internal_date() : 0;
        const auto octets = is_by_size_ ? message.wire_octets() : 0;
        if (!arrival || !octets) return;
        sequences_.push_back(sequence);
        sortables_.push_back({*arrival, is_sent ? facts->sent : *arrival, *octets, {facts->subject_hash, facts->subject_beginning}});
    }

    Numbers sorted() {
        const auto key = [&](std::uint32_t place, Summary::Key) -> std::string_view { return subject_of(sequences_[place]); };
        const auto places = imap::sorted(sortables_, criteria_, key);
        Numbers in_order(places.size());
        std::ranges::transform(places, in_order.begin(), [&](auto place) { return sequences_[place]; });
        return in_order;
    }

private:
    /// Nothing for a message that can't be read.
    std::optional<SortFacts> sort_facts(Message& message, Record& record) {
        auto facts = store::sort_facts(record);
        if (facts) return facts;
        facts = learn_sort_facts(message, record);
        if (facts) store::set_sort_facts(record, *facts);
        return facts;
    }

    std::optional<SortFacts> learn_sort_facts(Message& message, Record& record) {
        const auto payload = store::kept(session_.mailbox->view.index(), record, store::EntryKind::summary);
        if (const auto summary = payload ? read_summary(*payload) : std::nullopt) {
            return facts_of(summary->sent(), summary->key(Summary::Key::subject));
        }
        const auto header = message.header();
        if (!header) return {};
        const auto fields = read_sort_fields(*header);
        return facts_of(fields.sent, fields.subject);
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
    bool is_by_header_, is_by_sent_date_, is_by_arrival_, is_by_size_;
    Numbers sequences_;
    std::vector<Sortable> sortables_;
    std::unordered_map<std::uint32_t, std::string> subjects_;  // that their marks do not tell apart
};

}  // namespace

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

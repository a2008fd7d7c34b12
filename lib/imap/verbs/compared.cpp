// SPDX-License-Identifier: ISC
#include "imap/verbs/compared.hpp"

namespace mailpipe::imap {

namespace {

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

}  // namespace mailpipe::imap

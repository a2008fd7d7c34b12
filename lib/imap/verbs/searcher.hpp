// SPDX-License-Identifier: ISC
// One search program at work on the selected mailbox: the index first, then what it keeps, then the files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/grammar/search.hpp"
#include "imap/search/match.hpp"
#include "imap/session/message.hpp"
#include "imap/session/reply.hpp"
#include "imap/session/session.hpp"
#include "imap/verbs/progress.hpp"

namespace mailpipe::imap {

/// Message sequence numbers, or UIDs.
using Numbers = std::vector<std::uint32_t>;

bool asks_for_modseq(const SearchRequest& request);

/// Why the command can't search, though it could be read; nothing where it can, and then CONDSTORE is on where it asks for
/// mod-sequences.
std::optional<Reply> refuse_search(Session& session, const SearchRequest& request);

class Searcher {
public:
    Searcher(Session& session, const SearchProgram& program);

    /// Sequence numbers, ascending.
    Numbers run(Progress& progress);
    bool matches(std::uint32_t sequence);

    MessageSource source() { return {mailbox_.folder, mailbox_.view.index(), batch_}; }
    store::EntryBatch& batch() { return batch_; }

private:
    void note_needs(const SearchKey& key);
    Verdict match_text(Message& message);

    Selected& mailbox_;
    store::EntryBatch batch_;
    std::vector<std::string> keywords_;
    std::optional<Matcher> matcher_;
    bool needs_date_ = false;
    bool needs_octets_ = false;
    bool needs_id_ = false;
};

}  // namespace mailpipe::imap

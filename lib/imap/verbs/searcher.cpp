// SPDX-License-Identifier: ISC
#include "imap/verbs/searcher.hpp"

#include <algorithm>

#include "imap/session/message_flags.hpp"

namespace mailpipe::imap {

namespace {

std::uint8_t match_flags(std::uint32_t flags) {
    std::uint8_t bits = 0;
    for (const auto flag : system_flags) {
        if ((flags & index_bit(flag)) != 0) bits |= MessageFacts::bit(flag);
    }
    return bits;
}

/// RFC 9586 section 3.1: numbers have no place in a search either.
bool has_numbers(const Session& session, const SearchRequest& request) {
    return session.has(Feature::uid_only) &&
           std::ranges::find(request.program, SearchKey::Kind::numbers, &SearchKey::kind) != request.program.end();
}

}  // namespace

bool asks_for_modseq(const SearchRequest& request) {
    return std::ranges::find(request.program, SearchKey::Kind::modified_since, &SearchKey::kind) != request.program.end();
}

std::optional<Reply> refuse_search(Session& session, const SearchRequest& request) {
    if (!request.is_charset_known) {
        if (request.wanted.save) session.saved = {};  // "$" is empty after a NO: RFC 9051 section 6.4.4.1
        return no("BADCHARSET (US-ASCII UTF-8)", "that charset is not known here");
    }
    if (has_numbers(session, request)) return bad("UIDREQUIRED", "UIDONLY is enabled: search for UIDs");
    if (asks_for_modseq(request)) enable(session, Feature::condstore);
    return {};
}

Searcher::Searcher(Session& session, const SearchProgram& program) : mailbox_(*session.mailbox), batch_(mailbox_.view.index()) {
    for (unsigned i = 0; i < store::max_keywords; ++i) keywords_.push_back(mailbox_.keywords.name(i));
    SearchScope scope;
    scope.now = unix_seconds(session.world.clock.now());
    scope.largest_sequence = mailbox_.view.size();
    scope.largest_uid = mailbox_.view.largest_uid();
    scope.keywords = keywords_;
    scope.saved_uids = session.saved;
    scope.has_save_dates = true;
    matcher_.emplace(program, scope);
    for (const auto& key : program) note_needs(key);
}

Numbers Searcher::run(Progress& progress) {
    Numbers found;
    for (std::uint32_t sequence = 1; sequence <= mailbox_.view.size(); ++sequence) {
        if (matches(sequence)) found.push_back(sequence);
        progress.step(sequence, mailbox_.view.size());
    }
    return found;
}

void Searcher::note_needs(const SearchKey& key) {
    using Kind = SearchKey::Kind;
    needs_date_ = needs_date_ || (key.kind >= Kind::older && key.kind <= Kind::younger) ||
                  (key.kind >= Kind::before && key.kind <= Kind::saved_since);
    needs_octets_ = needs_octets_ || key.kind == Kind::larger || key.kind == Kind::smaller;
    needs_id_ = needs_id_ || key.kind == Kind::email_id;
}

bool Searcher::matches(std::uint32_t sequence) {
    Message message{source(), mailbox_.view.record(sequence)};
    const auto& record = message.record();
    MessageFacts facts{.sequence = sequence, .uid = record.uid};
    facts.flags = match_flags(record.flags);
    facts.is_recent = mailbox_.recent.contains(record.uid);
    facts.keywords = record.keywords;
    facts.modseq = record.modseq;
    if (needs_date_) facts.internal_date = message.internal_date().value_or(0);
    if (needs_date_) facts.save_date = save_date(mailbox_.view.index(), record, facts.internal_date);
    if (needs_octets_) facts.octets = message.wire_octets().value_or(0);
    const auto id = needs_id_ ? email_id(mailbox_.view.index(), record) : std::string{};
    facts.email_id = id;
    auto verdict = matcher_->match_facts(facts);
    if (verdict == Verdict::unknown) verdict = match_text(message);
    return verdict == Verdict::yes;
}

/// A message that is gone matches nothing that has to be read.
Verdict Searcher::match_text(Message& message) {
    if (const auto summary = message.summary()) {
        const auto verdict = matcher_->match_summary(*summary);
        if (verdict != Verdict::unknown) return verdict;
    }
    const auto text = message.text();
    if (!text) return Verdict::no;
    const auto verdict = matcher_->match_header(*text);
    return verdict == Verdict::unknown ? matcher_->match_message(*text) : verdict;
}

}  // namespace mailpipe::imap

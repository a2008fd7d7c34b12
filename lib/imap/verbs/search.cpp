// SPDX-License-Identifier: ISC
// SEARCH, SORT and THREAD (RFC 9051 section 6.4.4, RFC 5256), with the answers of RFC 4731, 5182, 5267 and 9394, and
// ESEARCH (RFC 7377).
#include "imap/grammar/search.hpp"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/session/message.hpp"
#include "imap/search/found.hpp"
#include "imap/search/match.hpp"
#include "imap/search/sort.hpp"
#include "imap/search/thread.hpp"
#include "imap/verbs/chosen_mailboxes.hpp"
#include "imap/verbs/progress.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

using Sequences = std::vector<std::uint32_t>;

std::uint8_t match_flags(std::uint32_t flags) {
    std::uint8_t bits = 0;
    if ((flags & store::flag::seen) != 0) bits |= MessageFacts::seen;
    if ((flags & store::flag::answered) != 0) bits |= MessageFacts::answered;
    if ((flags & store::flag::flagged) != 0) bits |= MessageFacts::flagged;
    if ((flags & store::flag::deleted) != 0) bits |= MessageFacts::deleted;
    if ((flags & store::flag::draft) != 0) bits |= MessageFacts::draft;
    return bits;
}

/// One search through the selected mailbox.
class Searcher {
public:
    Searcher(Session& session, const SearchProgram& program)
        : session_(session), mailbox_(*session.mailbox), batch_(mailbox_.view.index()) {
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

    Sequences run(Progress& progress) {
        Sequences found;
        for (std::uint32_t sequence = 1; sequence <= mailbox_.view.size(); ++sequence) {
            if (matches(sequence)) found.push_back(sequence);
            progress.step(sequence, mailbox_.view.size());
        }
        return found;
    }

    MessageSource source() { return {mailbox_.folder, mailbox_.view.index(), batch_}; }
    store::EntryBatch& batch() { return batch_; }

private:
    void note_needs(const SearchKey& key) {
        using Kind = SearchKey::Kind;
        needs_date_ = needs_date_ || (key.kind >= Kind::older && key.kind <= Kind::younger) ||
                      (key.kind >= Kind::before && key.kind <= Kind::saved_since);
        needs_octets_ = needs_octets_ || key.kind == Kind::larger || key.kind == Kind::smaller;
        needs_id_ = needs_id_ || key.kind == Kind::email_id;
    }

    bool matches(std::uint32_t sequence) {
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
    Verdict match_text(Message& message) {
        if (const auto summary = message.summary()) {
            const auto verdict = matcher_->match_summary(*summary);
            if (verdict != Verdict::unknown) return verdict;
        }
        const auto text = message.text();
        if (!text) return Verdict::no;
        const auto verdict = matcher_->match_header(*text);
        return verdict == Verdict::unknown ? matcher_->match_message(*text) : verdict;
    }

    Session& session_;
    Selected& mailbox_;
    store::EntryBatch batch_;
    std::vector<std::string> keywords_;
    std::optional<Matcher> matcher_;
    bool needs_date_ = false;
    bool needs_octets_ = false;
    bool needs_id_ = false;
};

bool asks_for_modseq(const SearchRequest& request) {
    return std::ranges::find(request.program, SearchKey::Kind::modified_since, &SearchKey::kind) != request.program.end();
}

/// RFC 9586 section 3.1: numbers have no place in a search either.
bool has_numbers(const Session& session, const SearchRequest& request) {
    return session.has(Feature::uid_only) &&
           std::ranges::find(request.program, SearchKey::Kind::numbers, &SearchKey::kind) != request.program.end();
}

/// What can be read, but not be searched for; nothing where it can. "$" is empty after a NO: RFC 9051 section 6.4.4.1.
std::optional<Reply> refusal(Session& session, const SearchRequest& request) {
    if (!request.is_charset_known) {
        if (request.wanted.save) session.saved = {};
        return no("BADCHARSET (US-ASCII UTF-8)", "that charset is not known here");
    }
    if (has_numbers(session, request)) return bad("UIDREQUIRED", "UIDONLY is enabled: search for UIDs");
    return {};
}

/// "3,1,5:7": numbers in the order that SORT gave them.
std::string ordered_set(const Sequences& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text.append(text.empty() ? "" : ",").append(std::to_string(numbers[i]));
        if (last != i) text.append(":").append(std::to_string(numbers[last]));
        i = last;
    }
    return text;
}

class Answer {
public:
    Answer(Session& session, const Command& command, const SearchRequest& request)
        : session_(session), command_(command), request_(request) {}

    /// `sequences` in the order in which they are to be told.
    void tell(const Sequences& found, std::string_view plain_name) {
        save(found);
        if (is_only_saved()) return;
        Sequences numbers = found;
        if (command_.is_uid) {
            for (auto& number : numbers) number = session_.mailbox->view.record(number).uid;
        }
        const bool is_extended = request_.wanted.is_given || (session_.has(Feature::imap4rev2) && plain_name == "SEARCH");
        if (is_extended) tell_extended(found, numbers);
        else tell_plain(found, numbers, plain_name);
    }

    /// One mailbox's, of which nothing is told where nothing is found: RFC 7377 section 2.1.
    void tell_of_mailbox(const Sequences& found) {
        save(found);
        if (is_only_saved() || found.empty()) return;
        std::string mailbox = " MAILBOX ";
        append_mailbox(mailbox, session_.mailbox->name, session_.utf8());
        tell_extended(found, uids(session_, found), fmt::format("{} UIDVALIDITY {}", mailbox, session_.mailbox->folder.uid_validity()));
    }

private:
    /// Then the client does not want to hear of it: RFC 9051 section 6.4.4.1.
    bool is_only_saved() const {
        const auto& wanted = request_.wanted;
        return wanted.save && !wanted.min && !wanted.max && !wanted.all && !wanted.count && !wanted.partial;
    }
    bool wants_modseq() const { return asks_for_modseq(request_); }
    /// What MIN, MAX and PARTIAL, and nothing else, ask for is all that counts for SAVE (RFC 9051 section 6.4.4.1, RFC 9394
    /// section 3.2) and MODSEQ (RFC 4731 section 3.2).
    Sequences counted(const Sequences& found) const {
        const auto& wanted = request_.wanted;
        const bool is_some = (wanted.min || wanted.max || wanted.partial) && !wanted.all && !wanted.count;
        if (!is_some || found.empty()) return found;
        auto some = wanted.partial ? page(found, *wanted.partial) : Sequences{};
        if (wanted.min) some.push_back(found.front());
        if (wanted.max) some.push_back(found.back());
        return some;
    }
    std::uint64_t highest_modseq(const Sequences& found) const {
        std::uint64_t highest = 0;
        for (const auto sequence : counted(found)) highest = std::max(highest, session_.mailbox->view.record(sequence).modseq);
        return highest;
    }

    void tell_plain(const Sequences& found, const Sequences& numbers, std::string_view name) {
        std::string out = fmt::format("* {}", name);
        for (const auto number : numbers) {
            out.append(" ").append(std::to_string(number));
            if (out.size() < 32 * 1024) continue;
            session_.channel.write(out);
            out.clear();
        }
        if (wants_modseq() && !found.empty()) out += fmt::format(" (MODSEQ {})", highest_modseq(found));
        session_.channel.write(out + "\r\n");
    }

    void tell_extended(const Sequences& found, const Sequences& numbers, std::string_view correlators = {}) {
        const auto& wanted = request_.wanted;
        std::string out = fmt::format("* ESEARCH (TAG \"{}\"{}){}", command_.tag, correlators,
                                      command_.is_uid || !correlators.empty() ? " UID" : "");
        if (wanted.min && !numbers.empty()) out += fmt::format(" MIN {}", numbers.front());  // of SORT the first: RFC 5267 section 3
        if (wanted.max && !numbers.empty()) out += fmt::format(" MAX {}", numbers.back());
        if (wanted.all && !numbers.empty()) out += " ALL " + ordered_set(numbers);
        if (wanted.partial) {
            const auto set = ordered_set(page(numbers, *wanted.partial));
            out += fmt::format(" PARTIAL ({} {})", to_string(*wanted.partial), set.empty() ? "NIL" : set);
        }
        if (wanted.count) out += fmt::format(" COUNT {}", numbers.size());
        if (wants_modseq() && !found.empty()) out += fmt::format(" MODSEQ {}", highest_modseq(found));
        session_.channel.write(out + "\r\n");
    }

    static Sequences page(const Sequences& numbers, const PartialRange& wanted) {
        const auto size = numbers.size();
        const auto first = std::min<std::size_t>(wanted.first - 1, size);
        const auto last = std::min<std::size_t>(wanted.last, size);
        const auto begin = wanted.from_end ? size - last : first;
        return {numbers.begin() + static_cast<std::ptrdiff_t>(begin),
                numbers.begin() + static_cast<std::ptrdiff_t>(begin + (last - first))};
    }

    void save(const Sequences& found) {
        if (!request_.wanted.save) return;
        session_.saved = {};
        auto saved = uids(session_, counted(found));
        std::ranges::sort(saved);
        for (const auto uid : saved) session_.saved.add(uid);
    }

    Session& session_;
    const Command& command_;
    const SearchRequest& request_;
};

/// What SORT and THREAD compare; of messages that are gone nothing is known.
struct Compared {
    Sequences sequences;
    std::vector<Found> found;
    std::deque<std::string> made;  // summaries that could not be kept
};

Compared compared(Session& session, Searcher& searcher, const Sequences& sequences, Progress& progress, bool is_uid) {
    const auto& index = session.mailbox->view.index();
    std::uint32_t done = 0;
    for (const auto sequence : sequences) {  // first all that have to be read: then they stand in the index
        Message message{searcher.source(), session.mailbox->view.record(sequence)};
        (void)message.summary();
        progress.step(++done, static_cast<std::uint32_t>(sequences.size()));
    }
    searcher.batch().flush();
    Compared all;
    for (const auto sequence : sequences) {
        auto& record = session.mailbox->view.record(sequence);
        Message message{searcher.source(), record};
        const auto arrival = message.internal_date();
        const auto octets = message.wire_octets();
        const auto payload = store::kept(index, record, store::EntryKind::summary);
        auto summary = payload ? read_summary(*payload) : std::nullopt;
        if (!summary) {
            const auto text = message.text();
            if (text) summary = read_summary(all.made.emplace_back(make_summary(*text)));
        }
        if (!arrival || !octets || !summary) continue;
        all.sequences.push_back(sequence);
        all.found.push_back({is_uid ? record.uid : sequence, *summary, *arrival, *octets});
    }
    return all;
}

ThreadAlgorithm algorithm(ThreadRequest::Algorithm asked) {
    switch (asked) {
        case ThreadRequest::Algorithm::ordered_subject: return ThreadAlgorithm::ordered_subject;
        case ThreadRequest::Algorithm::refs: return ThreadAlgorithm::refs;
        case ThreadRequest::Algorithm::references: break;
    }
    return ThreadAlgorithm::references;
}

/// Another mailbox in the selected one's place, as long as it is searched.
class Visit {
public:
    Visit(Session& session, Selected other) : session_(session), mailbox_(std::move(other)) { exchange(); }
    ~Visit() { exchange(); }
    Visit(const Visit&) = delete;

private:
    void exchange() {
        std::swap(session_.mailbox, mailbox_);
        std::swap(session_.saved, saved_);
    }
    Session& session_;
    std::optional<Selected> mailbox_;
    NumberSet saved_{};
};

/// Nothing is said of a mailbox that can't be opened.
void search_in(Session& session, const std::string& name, const std::function<void()>& search) {
    if (session.mailbox && session.mailbox->name == name) return search();
    auto folder = open_folder(session, name, store::Access::examine);
    if (!folder) return;
    auto keywords = store::read_keywords(folder->directory());
    store::View view{folder->index()};
    Selected other{name, std::move(*folder), std::move(view), store::Access::examine};
    if (keywords) other.keywords = std::move(*keywords);
    const Visit visit{session, std::move(other)};
    search();
}

bool is_selected(const MailboxFilter& filter) { return filter.kind == MailboxFilter::Kind::selected; }

}  // namespace

namespace verbs {

Result<Reply> esearch(Session& session, const Command& command) {
    auto request = parse_multi_search(command, session.utf8());
    if (!request) return bad(request.error());
    if (request->sources.empty()) request->sources.emplace_back();
    if (!session.mailbox && std::ranges::any_of(request->sources, is_selected)) return bad("select a mailbox first");
    if (request->search.wanted.save && !std::ranges::all_of(request->sources, is_selected)) {
        return bad("ESEARCH: SAVE is for the selected mailbox alone");
    }
    if (const auto refused = refusal(session, request->search)) return *refused;
    const auto names = chosen_mailboxes(session, request->sources);
    if (!names) return no(names.error());
    Progress progress{session, command.tag};
    progress.forget_goal();
    for (const auto& name : *names) {
        search_in(session, name, [&] {
            Answer{session, command, request->search}.tell_of_mailbox(Searcher{session, request->search.program}.run(progress));
        });
    }
    return ok("searched");
}

Result<Reply> search(Session& session, const Command& command) {
    const auto request = parse_search(command);
    if (!request) return bad(request.error());
    if (const auto refused = refusal(session, *request)) return *refused;
    if (asks_for_modseq(*request)) imap::enable(session, Feature::condstore);
    Progress progress{session, command.tag};
    Answer{session, command, *request}.tell(Searcher{session, request->program}.run(progress), "SEARCH");
    return ok("searched");
}

Result<Reply> sort(Session& session, const Command& command) {
    const auto request = parse_sort(command);
    if (!request) return bad(request.error());
    if (const auto refused = refusal(session, request->search)) return *refused;
    if (asks_for_modseq(request->search)) imap::enable(session, Feature::condstore);
    Progress progress{session, command.tag};
    Searcher searcher{session, request->search.program};
    const auto all = compared(session, searcher, searcher.run(progress), progress, command.is_uid);
    Sequences found;
    for (const auto place : sorted(all.found, request->criteria)) found.push_back(all.sequences[place]);
    Answer{session, command, request->search}.tell(found, "SORT");
    return ok("sorted");
}

Result<Reply> thread(Session& session, const Command& command) {
    const auto request = parse_thread(command);
    if (!request) return bad(request.error());
    if (const auto refused = refusal(session, request->search)) return *refused;
    if (asks_for_modseq(request->search)) imap::enable(session, Feature::condstore);
    Progress progress{session, command.tag};
    Searcher searcher{session, request->search.program};
    const auto all = compared(session, searcher, searcher.run(progress), progress, command.is_uid);
    const auto text = threads(all.found, algorithm(request->algorithm));
    session.channel.write(fmt::format("* THREAD{}{}\r\n", text.empty() ? "" : " ", text));
    return ok("threaded");
}

}  // namespace verbs

}  // namespace mailpipe::imap

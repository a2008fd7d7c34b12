// SPDX-License-Identifier: ISC
// ESEARCH: a search in several mailboxes (RFC 7377).
#include "imap/grammar/search.hpp"

#include <algorithm>
#include <functional>

#include "imap/verbs/chosen_mailboxes.hpp"
#include "imap/verbs/contexts.hpp"
#include "imap/verbs/search_answer.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

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

Result<Reply> verbs::esearch(Session& session, const Command& command) {
    auto request = parse_multi_search(command, session.utf8());
    if (!request) return bad(request.error());
    if (request->sources.empty()) request->sources.emplace_back();
    if (!session.mailbox && std::ranges::any_of(request->sources, is_selected)) return bad("select a mailbox first");
    if (request->search.wanted.save && !std::ranges::all_of(request->sources, is_selected)) {
        return bad("ESEARCH: SAVE is for the selected mailbox alone");
    }
    if (request->search.wanted.update && !session.mailbox) return bad("ESEARCH: UPDATE is for the selected mailbox");
    if (const auto refused = refuse_search(session, request->search)) return *refused;
    if (const auto refused = refuse_update(session, command, request->search.wanted)) return *refused;
    const auto names = chosen_mailboxes(session, request->sources);
    if (!names) return no(names.error());
    const auto selected_name = session.mailbox ? session.mailbox->name : std::string{};
    Progress progress{session, command.tag};
    progress.forget_goal();
    for (const auto& name : *names) {
        search_in(session, name, [&] {
            const auto found = Searcher{session, request->search.program}.run(progress);
            SearchAnswer{session, command, request->search}.tell_of_mailbox(found);
            if (name == selected_name) keep_context(session, command, request->search, found);
        });
    }
    const bool is_kept = std::ranges::find(*names, selected_name) != names->end();
    if (request->search.wanted.update && !is_kept) tell_no_update(session, command, "that is not the selected mailbox");
    return ok("searched");
}

}  // namespace mailpipe::imap

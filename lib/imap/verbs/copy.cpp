// SPDX-License-Identifier: ISC
// COPY and MOVE (RFC 9051 sections 6.4.7 and 6.4.8, RFC 4315, RFC 6851).
#include "imap/grammar/copy.hpp"

#include <fmt/format.h>

#include "imap/session/message_flags.hpp"
#include "imap/verbs/announce.hpp"
#include "imap/verbs/notifier.hpp"
#include "imap/verbs/verbs.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::imap {

namespace {

std::string code_of(const store::IndexedFolder& target, const store::IndexedFolder::Copied& copied) {
    NumberSet from;
    NumberSet to;
    for (const auto uid : copied.from) from.add(uid);
    for (const auto uid : copied.to) to.add(uid);
    return fmt::format("COPYUID {} {} {}", target.uid_validity(), to_string(from), to_string(to));
}

/// The target's letters for the keywords of these messages. Those for which the target has no room are not copied.
/// Errors: transient, the target's can't be read or written.
Result<store::IndexedFolder::KeywordMap> map_keywords(const Selected& mailbox, const std::vector<std::uint32_t>& sequences,
                                                      const Fd& target) {
    std::uint32_t used = 0;
    for (const auto sequence : sequences) used |= mailbox.view.record(sequence).keywords;
    if (used == 0) return [](std::uint32_t) { return 0U; };
    auto read = store::read_keywords(target);
    if (!read) return failure(read.error());
    auto there = std::move(*read);
    std::vector<std::uint32_t> letters(store::max_keywords, 0);
    for (unsigned i = 0; i < store::max_keywords; ++i) {
        if ((used >> i & 1) == 0 || mailbox.keywords.name(i).empty()) continue;
        const auto learnt = learn_flags(target, there, {mailbox.keywords.name(i)});
        if (learnt) letters[i] = learnt->keywords;
        else if (learnt.error().fault == Fault::transient) return failure(learnt.error());
    }
    return [letters](std::uint32_t keywords) {
        std::uint32_t mapped = 0;
        for (unsigned i = 0; keywords >> i != 0; ++i) mapped |= (keywords >> i & 1) != 0 ? letters[i] : 0;
        return mapped;
    };
}

Result<bool> has_room(const Session& session, const std::vector<std::uint32_t>& sequences) {
    store::Usage usage;
    for (const auto sequence : sequences) {
        const auto octets = session.mailbox->view.record(sequence).octets;
        usage.add_message(octets == store::Record::unknown_octets ? 0 : octets);
    }
    return store::has_room(session.mail->tree.root(), session.mail->home.quota, usage);
}

struct Done {
    store::IndexedFolder target;
    store::IndexedFolder::Copied copied;
    std::optional<Error> trouble;  ///< of the others
};

/// What COPY and MOVE have in common; or why not.
tl::expected<Done, Reply> copy_messages(Session& session, const Command& command, bool is_move) {
    const auto request = parse_copy(command, session.utf8());
    if (!request) return tl::unexpected(bad(request.error()));
    const auto chosen = sequences(session, request->messages, command.is_uid);
    if (!chosen) return tl::unexpected(bad(command.name + ": there is no such message"));
    if (is_move && session.mailbox->is_read_only()) return tl::unexpected(no("READ-ONLY", "the mailbox was opened with EXAMINE"));
    const auto name = canonical_name(session, request->mailbox);
    if (!name) return tl::unexpected(no(name.error()));
    auto target = open_folder(session, *name, store::Access::examine);
    if (!target && target.error().number == ENOENT) return tl::unexpected(no("TRYCREATE", "there is no such mailbox"));
    if (!target) return tl::unexpected(no(target.error()));
    const auto fits = is_move ? true : has_room(session, *chosen);
    if (!fits) return tl::unexpected(no(fits.error()));
    if (!*fits) return tl::unexpected(no("OVERQUOTA", "there is no room for that"));
    const auto keywords = map_keywords(*session.mailbox, *chosen, target->directory());
    if (!keywords) return tl::unexpected(no(keywords.error()));
    auto& folder = session.mailbox->folder;
    const auto messages = uids(session, *chosen);
    auto moved = is_move ? folder.move(messages, *target, *keywords)
                         : folder.copy(messages, *target, *keywords).map([](auto copied) { return store::IndexedFolder::Moved{std::move(copied), {}}; });
    if (!moved) return tl::unexpected(no(moved.error()));
    note_stored(session, *name, *target->index(), moved->copied.to);
    return Done{std::move(*target), std::move(moved->copied), std::move(moved->trouble)};
}

}  // namespace

namespace verbs {

Result<Reply> copy(Session& session, const Command& command) {
    const auto done = copy_messages(session, command, /*is_move=*/false);
    if (!done) return done.error();
    if (done->copied.from.empty()) return ok("there was nothing to copy");
    return ok(code_of(done->target, done->copied), "copied");
}

Result<Reply> move(Session& session, const Command& command) {
    const auto done = copy_messages(session, command, /*is_move=*/true);
    if (!done) return done.error();
    if (done->copied.from.empty()) return done->trouble ? no(*done->trouble) : ok("there was nothing to move");
    // Before the expunges, so that clients know what they are about: RFC 6851 section 4.3.
    session.channel.write(fmt::format("* OK [{}] moved\r\n", code_of(done->target, done->copied)));
    if (auto r = announce(session, store::Expunges::tell); !r) return failure(r.error());
    if (done->trouble) return no(*done->trouble);
    if (!session.has(Feature::condstore)) return ok("moved");
    return ok("HIGHESTMODSEQ " + std::to_string(session.mailbox->view.told_up_to()), "moved");
}

}  // namespace verbs

}  // namespace mailpipe::imap

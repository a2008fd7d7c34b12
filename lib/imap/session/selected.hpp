// SPDX-License-Identifier: ISC
// The mailbox that a session has selected, and telling the client what happens in it (RFC 9051 section 7.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "imap/grammar/sequence_set.hpp"
#include "imap/session/search_context.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/view.hpp"
#include "store/tree/keywords.hpp"

namespace mailpipe::imap {

struct Session;

struct Selected {
    std::string name;
    store::IndexedFolder folder;
    store::View view;
    store::Access access;
    store::Keywords keywords{};
    NumberSet recent{};        ///< UIDs that this session was told of first
    NumberSet made{};          ///< UIDs that this session has stored or copied here, and not been told of yet
    SearchContexts contexts{};

    bool is_read_only() const { return access == store::Access::examine; }
};

/// Opens a folder of the session's user, refreshed. Errors: as the tree's and the folder's.
Result<store::IndexedFolder> open_folder(Session& session, std::string_view name, store::Access access);

/// As the tree wants it. A separator at the end says nothing here.
Result<std::string> canonical_name(const Session& session, std::string_view name);
/// MAILBOXID (RFC 8474 section 4).
std::string mailbox_id(const store::IndexHeader& header);
/// UIDs that are not in the view; nothing where that is not known any more.
std::optional<NumberSet> vanished_since(const Selected& mailbox, std::uint64_t modseq);
/// UIDs from `first` up to view.next_uid(), without those that are there.
NumberSet all_gone(const store::View& view, std::uint32_t first);
void claim_recent(Session& session);

/// Then the session is over: what it was told of the mailbox can't be read any more.
bool has_lost_index(Session& session);

/// Messages of this session's view: sequence numbers, ascending. What is not there is passed over, but for a sequence
/// number: nothing then, for BAD.
std::optional<std::vector<std::uint32_t>> sequences(const Session& session, const MessageSet& set, bool is_uid);
/// Their UIDs.
std::vector<std::uint32_t> uids(const Session& session, const std::vector<std::uint32_t>& sequences);

/// "(\Seen work)", with \Recent where it is so.
void append_flags(std::string& out, const Session& session, const store::Record& record);
/// "* FLAGS (…)" and "* OK [PERMANENTFLAGS (…)]".
void tell_flags(Session& session);
/// "* 5 FETCH (", or "* 9 UIDFETCH (" (RFC 9586).
void begin_fetch(std::string& out, const Session& session, std::uint32_t sequence, std::uint32_t uid);
/// In FETCH responses of changes: a client that looks after mod-sequences knows messages by their UIDs (RFC 7162 section 3.2).
bool tells_uids(const Session& session);
/// "* 5 FETCH (UID 9 FLAGS (…) MODSEQ (…))", as far as the client wants it.
void tell_message_flags(Session& session, std::uint32_t sequence);
/// Keywords that came by other hands, with FLAGS, where one of these messages, or of those from `first_new` on, has them.
void tell_new_keywords(Session& session, const std::vector<std::uint32_t>& changed, std::uint32_t first_new);
/// The message of the view as it is now: the view may still look at an index in whose place there is another one.
const store::Record& record_now(const Session& session, const store::Record& seen);
/// MODSEQ as a client may keep it: while others are at work on some messages, what they have done so far counts as it will
/// be told again; else who goes away meanwhile never hears of the rest.
std::uint64_t told_modseq(const Session& session, const store::Record& record);
/// Messages that are \Recent in this session.
std::uint32_t count_recent(const Session& session);

}  // namespace mailpipe::imap

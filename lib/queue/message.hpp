// SPDX-License-Identifier: ISC
// A message of the spool, opened: its envelope, and what its journal says of each recipient. Manual: spool(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "mail/envelope.hpp"
#include "queue/file_name.hpp"
#include "queue/journal.hpp"

namespace mailpipe::queue {

struct RecipientState {
    mail::Recipient recipient;
    std::size_t alias_of = 0;                ///< the recipient that was expanded to this one; 0: it's in the envelope
    std::optional<JournalLine> last = {};    ///< the last line about it that is an outcome
    unsigned tries = 0;                      ///< that were deferred
    bool told = false;                       ///< the sender knows the outcome
    bool told_of_delay = false;
    std::string site{};                      ///< where it was sent to in the last try; empty: nowhere yet

    bool is_done() const { return last && last->event != Event::deferred; }
};

class Message {
public:
    static constexpr std::size_t max_envelope_octets = 16 * 1024 * 1024;
    static constexpr std::size_t max_journal_octets = 64 * 1024 * 1024;
    static constexpr std::size_t max_tried_octets = 16 * 1024;
    static constexpr std::size_t crowded_octets = max_journal_octets / 2;  ///< texts behind these have 80 octets at most

    /// With a right to save() or without; both may read. `file_name` may have directories before it.
    enum class Access { work, look };
    /// Errors: permanent, for a file that is torn or no message: it goes to hold/. Else transient.
    static Result<Message> open(const Fd& directory, const std::string& file_name, Access access);

    const FileName& name() const { return name_; }
    const Fd& file() const { return file_; }
    /// As it was accepted. The recipients with those of aliases: recipients().
    const mail::Envelope& envelope() const { return envelope_; }
    const std::vector<RecipientState>& recipients() const { return recipients_; }
    bool has_journal() const { return journal_octets_ > 0; }
    bool is_done() const;
    /// Every line that the file had when it was opened, and those since, in their order. Errors: transient.
    Result<std::vector<JournalLine>> journal() const;

    /// From the id, with its microseconds.
    Time arrived_at() const;
    std::int64_t arrived() const { return unix_seconds(arrived_at()); }
    /// Where the message begins in the file, behind the envelope.
    std::uint64_t begin() const { return begin_; }
    /// The message's header, or as much of it as fits into `max_octets` or has been read already.
    Result<std::string_view> header(std::size_t max_octets);
    /// A piece of the file, which ends before the journal does begin.
    Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t octets) const;

    /// Takes the line into recipients(); it is in the journal after save(). Of hosts that were passed over (Event::tried) no more than
    /// max_tried_octets are kept for one who works on the message; words are cut where the journal has become crowded.
    void note(JournalLine line);
    /// Appends what was noted with one write, and syncs, unless all of it is about a try that has to be repeated anyhow: a
    /// crash that forgets who was deferred, where and why, costs nothing but their schedule. Where the file has a second name, or may still get one (deliver
    /// links it into a Maildir), a copy takes its place in `directory` first: that mailbox's message must not get a
    /// journal. Errors: transient; whether it is in the file is then not known. That file is not written to any more: a
    /// later save() writes all to a copy.
    Result<void> save(const Fd& directory);
    bool has_unsaved() const { return !unsaved_.empty(); }
    /// Somebody has got something that the journal does not tell: whoever tries the message again repeats it.
    bool must_save() const { return must_save_; }
    /// Room on the disk for what save() will write about this try, where the file system knows how to keep it.
    Result<void> reserve_journal(const Fd& directory);
    /// deliver has the file, and nobody knows what it does with it.
    void lend() { lent_ = true; }

private:
    Message() = default;
    Result<void> read_head();
    Result<bool> read_more();
    Result<void> read_journal(std::uint64_t file_octets);
    void apply(const JournalLine& line);
    Result<bool> may_have_other_names() const;
    Result<void> own_file(const Fd& directory);
    Result<void> replace_by_copy(const Fd& directory);

    FileName name_;
    Fd file_;
    std::string head_;  // the file's beginning
    mail::Envelope envelope_;
    std::uint64_t begin_ = 0;
    std::vector<RecipientState> recipients_;
    std::uint64_t journal_octets_ = 0;
    std::string unsaved_;
    std::size_t tried_octets_ = 0;  // since it was opened
    bool unfinished_line_ = false;
    bool must_save_ = false;
    bool must_sync_ = false;
    bool lent_ = false;
    bool spoiled_ = false;  // a write or sync has failed: what the file has behind journal_octets_ is not known
};

}  // namespace mailpipe::queue

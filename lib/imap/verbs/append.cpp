// SPDX-License-Identifier: ISC
// APPEND (RFC 9051 section 6.3.12, RFC 3502, RFC 4469, RFC 6855) and REPLACE (RFC 8508): messages go from the wire to
// their files as they come. This departs from RFC 6855 section 4: 8-bit header fields are taken without UTF8=ACCEPT, too,
// since clients that move old mail here would lose it otherwise.
#include "imap/grammar/append.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "imap/session/command_reader.hpp"
#include "imap/session/message_flags.hpp"
#include "imap/verbs/message_writer.hpp"
#include "imap/verbs/notifier.hpp"
#include "imap/verbs/url_text.hpp"
#include "imap/verbs/verbs.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::imap {

namespace {

/// RFC 4469 section 4: with the URL, where that may stand in a response code.
std::string bad_url_code(std::string_view url) {
    const bool is_plain = std::ranges::all_of(url, [](char c) { return is_ascii(c) && !is_control(c) && c != '"' && c != ']' && c != '\\'; });
    return is_plain ? fmt::format("BADURL \"{}\"", url) : "BADURL";
}

/// One command at work. The first refusal stays; what comes behind it on the wire is swallowed.
class Appending {
public:
    Appending(Session& session, const Command& command)
        : session_(session), command_(command), reader_(command, session.utf8()), text_(command.arguments), unread_(announced(text_)) {}

    /// Errors: the connection's.
    Result<Reply> run() {
        while (!is_over_ && session_.stage != over) {
            std::string_view left = text_;
            const auto step = reader_.next(left);
            if (!step) return give_up(bad(step.error()));
            text_ = std::string{left};
            if (auto r = take(*step); !r) return failure(r.error());
            if (refusal_) return give_up(*refusal_);
        }
        if (session_.stage == over) return said();
        return finish();
    }

private:
    Result<void> take(const AppendStep& step) {
        switch (step.kind) {
            case AppendStep::Kind::destination: open(step); break;
            case AppendStep::Kind::message: begin(step); break;
            case AppendStep::Kind::url: add_url(step.text); break;
            case AppendStep::Kind::literal: return add_literal(step.literal);
            case AppendStep::Kind::message_end: end(); break;
            case AppendStep::Kind::command_end: is_over_ = true; break;
            case AppendStep::Kind::more: return read_argument(step.literal);
        }
        return {};
    }

    void refuse(Reply reply) {
        if (!refusal_) refusal_ = std::move(reply);
    }

    void open(const AppendStep& step) {
        const auto name = canonical_name(session_, step.text);
        if (!name) return refuse(no(name.error()));
        auto folder = open_folder(session_, *name, store::Access::examine);
        if (!folder && folder.error().number == ENOENT) return refuse(no("TRYCREATE", "there is no such mailbox"));
        if (!folder) return refuse(no(folder.error()));
        target_.emplace(std::move(*folder));
        target_name_ = *name;
        keywords_ = store::read_keywords(target_->directory()).value_or(store::Keywords{});
        if (command_.name != "REPLACE") return;
        find_replaced(step.number);
    }

    void find_replaced(std::uint32_t number) {
        if (session_.mailbox->is_read_only()) return refuse(no("READ-ONLY", "the mailbox was opened with EXAMINE"));
        NumberSet one;
        if (number == 0) one.add_up_to_star();
        else one.add(number);
        const auto found = sequences(session_, {false, one}, command_.is_uid);
        if (!found || found->empty()) return refuse(command_.is_uid ? no("NONEXISTENT", "there is no such message") : bad("REPLACE: there is no such message"));
        replaced_ = session_.mailbox->view.record(found->front()).uid;
    }

    void begin(const AppendStep& step) {
        if (!step.flags.unknown.empty()) return refuse(bad(command_.name + ": nobody may set " + step.flags.unknown.front()));
        const auto flags = learn_flags(target_->directory(), keywords_, step.flags.flags);
        if (!flags) return refuse(no(flags.error()));
        auto file = target_->begin_message();
        if (!file && file.error().number == EMFILE) return refuse(no("LIMIT", "that is more messages than can be stored at once"));
        if (!file) return refuse(no(file.error()));
        flags_ = *flags;
        date_ = step.date;
        writer_.emplace(std::move(*file));
    }

    /// Octets on the wire that the message would have then.
    bool has_room_for(std::uint64_t octets) {
        const auto size = writer_->wire_octets() + octets;
        if (octets > session_.settings.append_limit || size > session_.settings.append_limit) {
            refuse(no("TOOBIG", fmt::format("a message may have {} octets", session_.settings.append_limit)));
            return false;
        }
        auto usage = usage_;
        usage.add_message(size);
        const auto fits = store::has_room(session_.mail->tree.root(), session_.mail->home.quota, usage);
        if (!fits) refuse(no(fits.error()));
        else if (!*fits) refuse(no("OVERQUOTA", "there is no room for that"));
        return !refusal_;
    }

    void add_url(std::string_view url) {
        auto written = write_url(session_, url, [&](std::string_view piece) { return writer_->write(piece); },
                                 [&](std::uint64_t octets) { return has_room_for(octets); });
        if (!written && !refusal_) refuse(no(bad_url_code(url), written.error().what));
    }

    Result<void> add_literal(const Literal& literal) {
        if (!has_room_for(literal.octets)) return {};
        invite(session_, literal);
        for (auto left = literal.octets; left > 0;) {
            const auto piece = session_.channel.peek(io::Deadline::after(session_.settings.idle_timeout));
            if (!piece) return failure(piece.error());
            if (piece->empty()) {
                session_.stage = over;
                return {};
            }
            const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece->size()));
            if (auto r = writer_->write({piece->data(), taken}); !r) refuse(no(r.error()));
            session_.channel.consume(taken);
            left -= taken;
        }
        return read_next_line();
    }

    Result<void> read_next_line() {
        unread_.reset();
        const auto line = read_line(session_);
        if (!line) return failure(line.error());
        if (!*line) return {};
        unread_ = announced(**line);
        text_ = (*line)->text;
        if ((*line)->end == io::LineEnd::too_long) refuse(line_too_long());
        return {};
    }

    /// A mailbox's name that comes as a literal.
    Result<void> read_argument(const Literal& literal) {
        if (literal.octets > max_stranger_octets) {
            refuse(no("LIMIT", "the argument is too long"));
            return {};
        }
        invite(session_, literal);
        unread_.reset();
        const auto line_begin = text_.size() + 2 + static_cast<std::size_t>(literal.octets);
        const auto read = read_literal(session_, literal.octets, text_);
        if (!read) return failure(read.error());
        if (*read) unread_ = announced(std::string_view{text_}.substr(line_begin));
        else if (session_.stage != over) refuse(line_too_long());
        return {};
    }

    void end() {
        if (auto r = writer_->end(); !r) return refuse(no(r.error()));
        if (writer_->wire_octets() == 0) return refuse(no("an empty message"));
        usage_.add_message(writer_->wire_octets());
        messages_.push_back({writer_->take_file(), writer_->wire_octets(), flags_.system, flags_.keywords, {}});
        if (date_) messages_.back().internal_date = unix_seconds(*date_);
        writer_.reset();
    }

    Result<Reply> give_up(const Reply& reply) {
        if (auto r = skip_command(session_, unread_); !r) return failure(r.error());
        return reply;
    }

    Result<Reply> finish() {
        const auto uids = target_->add(messages_);
        if (!uids) return no(uids.error());
        note_stored(session_, target_name_, *target_->index(), *uids);
        NumberSet numbers;
        for (const auto uid : *uids) numbers.add(uid);
        const auto code = fmt::format("APPENDUID {} {}", target_->uid_validity(), to_string(numbers));
        if (!replaced_) return ok(code, "stored");
        session_.channel.write(fmt::format("* OK [{}] stored\r\n", code));
        const auto expunged = session_.mailbox->folder.expunge(std::span{&*replaced_, 1}, store::IndexedFolder::Which::all);
        if (!expunged) return no(expunged.error());
        return ok("replaced");
    }

    Session& session_;
    const Command& command_;
    AppendReader reader_;
    std::string text_;               // of the command, not yet looked at
    std::optional<Literal> unread_;  // announced by the last line, and its octets have not come
    std::optional<store::IndexedFolder> target_;
    std::string target_name_;
    store::Keywords keywords_;
    std::optional<std::uint32_t> replaced_;
    std::optional<MessageWriter> writer_;
    MessageFlags flags_;
    std::optional<Time> date_;
    std::vector<store::Incoming> messages_;
    store::Usage usage_;  // of them
    std::optional<Reply> refusal_;
    bool is_over_ = false;
};

}  // namespace

namespace verbs {

Result<Reply> append(Session& session, const Command& command) { return Appending{session, command}.run(); }
Result<Reply> replace(Session& session, const Command& command) { return Appending{session, command}.run(); }

}  // namespace verbs

}  // namespace mailpipe::imap

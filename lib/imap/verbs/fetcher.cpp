// SPDX-License-Identifier: ISC
#include "imap/verbs/fetcher.hpp"

#include <algorithm>

#include "imap/grammar/date.hpp"
#include "imap/message/binary.hpp"
#include "imap/message/body_structure.hpp"
#include "imap/message/envelope.hpp"
#include "imap/message/literal.hpp"
#include "imap/message/preview.hpp"
#include "imap/message/section_text.hpp"

namespace mailpipe::imap {

namespace {

using Kind = FetchItem::Kind;

bool sets_seen(const FetchItem& item) {
    switch (item.kind) {
        case Kind::rfc822:
        case Kind::rfc822_text:
        case Kind::body_section:
        case Kind::binary: return !item.is_peek;
        default: return false;
    }
}

/// The file is opened for it in any case.
bool reads_text(const FetchItem& item) {
    if (item.kind == Kind::body_section) return item.section.text == Section::Text::all || item.section.text == Section::Text::text;
    return item.kind == Kind::rfc822 || item.kind == Kind::rfc822_text || item.kind == Kind::binary;
}

bool tells_date(const FetchItem& item) { return item.kind == Kind::internal_date || item.kind == Kind::save_date; }

}  // namespace

Fetcher::Fetcher(Session& session, const FetchRequest& request)
    : session_(session), request_(request), batch_(session.mailbox->view.index()) {
    const auto has = [&](Kind kind) { return std::ranges::find(request.items, kind, &FetchItem::kind) != request.items.end(); };
    const bool has_flags = has(Kind::flags);
    marks_seen_ = !session.mailbox->is_read_only() && std::ranges::any_of(request.items, sets_seen);
    reads_text_ = std::ranges::any_of(request.items, reads_text);
    tells_date_ = std::ranges::any_of(request.items, tells_date);
    adds_flags_ = marks_seen_ && !has_flags;
    adds_uid_ = adds_flags_ && tells_uids(session) && !has(Kind::uid);
    // A UIDFETCH tells the UID by itself (RFC 9586 section 3.3), but its list may not be empty.
    omits_uid_ = session.has(Feature::uid_only) &&
                 std::ranges::any_of(request.items, [](const auto& item) { return item.kind != Kind::uid; });
    adds_modseq_ = !has(Kind::mod_seq) && (request.changed_since || (session.has(Feature::condstore) && (has_flags || adds_flags_)));
}

mime::Sink Fetcher::sink() {
    return [this](std::string_view piece) {
        out_.append(piece);
        if (out_.size() >= gather_octets) flush();
    };
}

void Fetcher::mark_seen(const std::vector<std::uint32_t>& sequences) {
    if (!marks_seen_) return;
    auto& mailbox = *session_.mailbox;
    for (const auto sequence : sequences) {
        const auto& record = mailbox.view.record(sequence);
        if ((record.flags & store::flag::seen) == 0 && !record.is_expunged()) made_seen_.push_back(record.uid);
    }
    if (made_seen_.empty()) return;
    const auto stored = mailbox.folder.store(made_seen_, {store::FlagChange::How::add, store::flag::seen, 0});
    if (!stored) {
        log_trouble(session_, stored.error());
        made_seen_.clear();  // what was stored by then is told like the changes of others
        return;
    }
    for (const auto& turn : stored->turns) mailbox.view.told(turn.before, turn.modseq);
}

void Fetcher::fetch(std::uint32_t sequence) {
    auto& record = session_.mailbox->view.record(sequence);
    Message message{{session_.mailbox->folder, session_.mailbox->view.index(), batch_}, record};
    if (tells_date_ && !message.internal_date()) {  // the one that can fail when something of the message has gone out
        is_any_gone_ = true;
        return;
    }
    const auto begin = out_.size();
    begin_fetch(out_, session_, sequence, record.uid);
    bool is_first = true;
    for (const auto& item : request_.items) {
        if (item.kind == Kind::uid && omits_uid_) continue;
        if (!is_first) out_ += ' ';
        is_first = false;
        if (!write(item, message)) {  // nothing of it has gone out: what can fail comes before the literal
            is_any_gone_ = true;
            out_.resize(std::min(begin, out_.size()));
            return;
        }
    }
    if (adds_flags_ && std::ranges::binary_search(made_seen_, record.uid)) {
        if (!is_first) out_ += ' ';
        if (adds_uid_) out_.append("UID ").append(std::to_string(record.uid)).append(" ");
        out_ += "FLAGS ";
        write_flags(record);
    }
    if (adds_modseq_) out_.append(is_first ? "" : " ").append("MODSEQ (").append(std::to_string(told_modseq(session_, record_now(session_, record)))).append(")");
    out_ += ")\r\n";
    if (out_.size() >= gather_octets) flush();
}

namespace {

void append_number(std::string& out, std::string_view name, std::uint64_t number) {
    out.append(name).append(std::to_string(number));
}

void append_date(std::string& out, std::string_view name, std::int64_t seconds) {
    out += name;
    append_internal_date(out, Time{std::chrono::seconds{seconds}});
}

}  // namespace

void Fetcher::write_flags(const store::Record& record) { append_flags(out_, session_, record_now(session_, record)); }

Result<void> Fetcher::write(const FetchItem& item, Message& message) {
    const auto& record = message.record();
    const auto& index = session_.mailbox->view.index();
    switch (item.kind) {
        case Kind::uid: append_number(out_, "UID ", record.uid); return {};
        case Kind::flags:
            out_ += "FLAGS ";
            write_flags(record);
            return {};
        case Kind::mod_seq:
            append_number(out_, "MODSEQ (", told_modseq(session_, record_now(session_, record)));
            out_ += ')';
            return {};
        case Kind::rfc822_size: {
            if (reads_text_) (void)message.text();  // first: it finds out whether the file's name tells the truth
            const auto octets = message.wire_octets();
            if (!octets) return failure(octets.error());
            append_number(out_, "RFC822.SIZE ", *octets);
            return {};
        }
        case Kind::internal_date: {
            const auto date = message.internal_date();
            if (!date) return failure(date.error());
            append_date(out_, "INTERNALDATE ", *date);
            return {};
        }
        case Kind::save_date: {
            const auto date = message.internal_date();
            if (!date) return failure(date.error());
            append_date(out_, "SAVEDATE ", save_date(index, record, *date));
            return {};
        }
        case Kind::email_id: out_.append("EMAILID (").append(email_id(index, record)).append(")"); return {};
        case Kind::thread_id: out_ += "THREADID NIL"; return {};
        default: return write_text(item, message);
    }
}

/// What the index alone does not know.
Result<void> Fetcher::write_text(const FetchItem& item, Message& message) {
    switch (item.kind) {
        case Kind::envelope: return write_envelope(message);
        case Kind::body:
        case Kind::body_structure: return write_structure(item, message);
        case Kind::preview: {
            const auto text = message.text();
            const auto structure = message.structure();
            if (!text || !structure) return failure(text ? structure.error() : text.error());
            out_ += "PREVIEW ";
            append_string(out_, preview(*text, **structure), session_.utf8());
            return {};
        }
        case Kind::binary:
        case Kind::binary_size: return write_binary(item, message);
        default: return write_section(item, message);
    }
}

Result<void> Fetcher::write_structure(const FetchItem& item, Message& message) {
    const auto entry = message.structure_entry();
    if (!entry) return failure(entry.error());
    const bool is_body = item.kind == Kind::body;
    out_ += is_body ? "BODY " : "BODYSTRUCTURE ";
    if (session_.has(Feature::imap4rev2) || !has_global_message(entry->body)) {
        out_ += is_body ? entry->body : entry->body_structure;
        return {};
    }
    const auto text = message.text();
    const auto structure = message.structure();
    if (!text || !structure) return failure(text ? structure.error() : text.error());
    if (is_body) append_body(out_, *text, **structure, MessageTypes::rfc822);
    else append_body_structure(out_, *text, **structure, MessageTypes::rfc822);
    return {};
}

Result<void> Fetcher::write_envelope(Message& message) {
    const auto summary = message.summary();
    if (!summary) return failure(summary.error());
    if (!summary->envelope().empty()) {
        out_.append("ENVELOPE ").append(summary->envelope());
        return {};
    }
    const auto text = message.text();  // one that is too long to be kept
    if (!text) return failure(text.error());
    out_ += "ENVELOPE ";
    append_envelope(out_, *text);
    return {};
}

Result<void> Fetcher::write_section(const FetchItem& item, Message& message) {
    const auto fields = item.section.part.empty() && item.section.text == Section::Text::header_fields && !item.partial
                            ? field_set(item.section.fields)
                            : std::nullopt;
    if (fields) {
        const auto summary = message.summary();
        if (!summary) return failure(summary.error());
        if (summary->has_all(*fields)) {
            append_name(out_, item);
            write_kept_fields(*summary, *fields);
            return {};
        }
    }
    const auto text = message.text();
    if (!text) return failure(text.error());
    static const mime::Structure no_structure{};
    const auto structure = needs_structure(item.section) ? message.structure() : Result<const mime::Structure*>{&no_structure};
    if (!structure) return failure(structure.error());
    append_name(out_, item);
    out_ += ' ';
    imap::write_section(*text, **structure, item.section, item.partial, sink());
    return {};
}

void Fetcher::write_kept_fields(const Summary& summary, FieldSet fields) {
    std::string text;
    summary.append_fields(text, fields);
    out_ += ' ';
    // Not to the channel: what comes behind may fail, and then all of the response is taken back.
    write_literal(text += "\r\n", {}, [&](std::string_view piece) { out_ += piece; });
}

Result<void> Fetcher::write_binary(const FetchItem& item, Message& message) {
    const auto text = message.text();
    if (!text) return failure(text.error());
    const auto structure = message.structure();
    if (!structure) return failure(structure.error());
    const auto part = find_binary(*text, **structure, item.section.part);
    append_name(out_, item);
    out_ += ' ';
    const bool is_size = item.kind == Kind::binary_size;
    if (part && !part->can_be_decoded()) has_unknown_encoding_ = true;
    if (!part || !part->can_be_decoded()) out_ += is_size ? "0" : "NIL";
    else if (is_size) out_ += std::to_string(binary_size(*part));
    else imap::write_binary(*part, item.partial, sink());
    return {};
}

}  // namespace mailpipe::imap

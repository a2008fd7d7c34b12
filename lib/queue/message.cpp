// SPDX-License-Identifier: ISC
#include "queue/message.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/new_file.hpp"
#include "base/number.hpp"
#include "mail/header.hpp"
#include "queue/envelope.hpp"

namespace mailpipe::queue {

namespace {

constexpr std::size_t first_read_octets = 16 * 1024;
constexpr std::size_t copied_octets = 256 * 1024;  // at a time
constexpr std::size_t line_octets = 1100;  // of a site, an outcome with its text, and what the sender was told
constexpr std::size_t crowded_text_octets = 80;
constexpr std::int64_t max_seconds = 9'000'000'000;  // what a clock of nanoseconds in 64 bits can hold

Error torn(const FileName& name, std::string_view what) {
    return {Fault::permanent, fmt::format("{}: {}", name.id, what)};
}

/// Reads up to `octets` at `offset` behind what `text` has. Less come only at the file's end.
Result<std::size_t> read_behind(const Fd& file, std::string& text, std::uint64_t offset, std::size_t octets) {
    const auto had = text.size();
    text.resize(had + octets);
    std::size_t got = 0;
    while (got < octets) {
        const auto n = ::pread(file.number(), text.data() + had + got, octets - got, static_cast<off_t>(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == ESPIPE) return failure({Fault::permanent, "that is no file of a spool"});  // a FIFO
        if (n < 0) return failure({Fault::transient, system_error(errno, "read a spool file").what, {}, errno});
        if (n == 0) break;
        got += static_cast<std::size_t>(n);
    }
    text.resize(had + got);
    return got;
}

/// For the members of an alias with several: RFC 3461 section 5.2.7.3 (c).
mail::Notify without_success(mail::Notify notify) {
    if (!notify.success) return notify;
    notify.success = false;
    notify.never = !notify.failure && !notify.delay;
    return notify;
}

}  // namespace

Result<Message> Message::open(const Fd& directory, const std::string& file_name, Access access) {
    auto name = parse_file_name(std::string_view{file_name}.substr(file_name.rfind('/') + 1));
    if (!name) return failure({Fault::permanent, fmt::format("{}: no name of a message", file_name)});
    const int flags = access == Access::work ? O_RDWR | O_APPEND : O_RDONLY;
    Message message;
    message.name_ = std::move(*name);
    message.file_ = Fd{::openat(directory.number(), file_name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!message.file_) {
        return failure({Fault::transient, system_error(errno, fmt::format("open {}", file_name)).what, {}, errno});
    }
    if (auto r = message.read_head(); !r) return failure(r.error());
    return message;
}

/// The envelope and the journal. A small file without a journal costs one read(2) and no stat(2): it is asked for one
/// octet more than its name promises.
Result<void> Message::read_head() {
    const auto whole = name_.octets;
    const auto first = read_behind(file_, head_, 0, std::min<std::uint64_t>(whole + 1, first_read_octets));
    if (!first) return failure(first.error());
    std::uint64_t file_octets = *first;
    if (file_octets == first_read_octets || file_octets > whole) {
        const auto st = status(file_);
        if (!st) return failure(st.error());
        file_octets = static_cast<std::uint64_t>(st->st_size);
    }
    if (file_octets < whole) return failure(torn(name_, "file is shorter than its name says"));
    head_.resize(std::min<std::uint64_t>(head_.size(), whole));

    for (;;) {
        auto stored = parse_envelope(head_);
        if (!stored) return failure(torn(name_, stored.error().what));
        if (*stored) {
            envelope_ = std::move((*stored)->envelope);
            begin_ = (*stored)->octets;
            break;
        }
        if (head_.size() > max_envelope_octets) return failure(torn(name_, "envelope is too long"));
        const auto more = read_more();
        if (!more) return failure(more.error());
        if (!*more) return failure(torn(name_, "file has no message"));
    }
    recipients_.reserve(envelope_.recipients.size());
    for (const auto& recipient : envelope_.recipients) recipients_.push_back({recipient});
    return file_octets > whole ? read_journal(file_octets) : Result<void>{};
}

/// Doubles what has been read. False: that was all.
Result<bool> Message::read_more() {
    const auto left = name_.octets - head_.size();
    const auto more = read_behind(file_, head_, head_.size(), std::min<std::uint64_t>(head_.size(), left));
    if (!more) return failure(more.error());
    return *more > 0;
}

Result<void> Message::read_journal(std::uint64_t file_octets) {
    journal_octets_ = file_octets - name_.octets;
    if (journal_octets_ > max_journal_octets) return failure(torn(name_, "journal is too long"));
    std::string text;
    const auto got = read_behind(file_, text, name_.octets, journal_octets_);
    if (!got) return failure(got.error());
    unfinished_line_ = !text.empty() && text.back() != '\n';
    for (const auto& line : parse_journal(text)) apply(line);
    return {};
}

void Message::apply(const JournalLine& line) {
    if (line.recipient > recipients_.size()) return;
    auto& state = recipients_[line.recipient - 1];
    if (line.event == Event::notified) {
        (state.is_done() ? state.told : state.told_of_delay) = true;
        return;
    }
    if (line.event == Event::tried || state.is_done()) return;
    if (line.event == Event::routed) {
        state.site = line.text;
        return;
    }
    if (line.event == Event::deferred) ++state.tries;
    if (line.event != Event::expanded) {
        state.last = line;
        return;
    }
    const auto mailboxes = split_addresses(line.text);
    if (!mailboxes) return;
    state.last = line;
    const auto original = state.recipient.original;  // copies: the vector grows
    const auto notify = mailboxes->size() == 1 ? state.recipient.notify : without_success(state.recipient.notify);
    for (const auto& mailbox : *mailboxes) recipients_.push_back({{mailbox, notify, original}, line.recipient});
}

Result<std::vector<JournalLine>> Message::journal() const {
    std::string text;
    const auto got = read_behind(file_, text, name_.octets, journal_octets_);
    if (!got) return failure(got.error());
    if (unfinished_line_ && !unsaved_.empty()) text += '\n';
    return parse_journal(text + unsaved_);
}

bool Message::is_done() const { return std::ranges::all_of(recipients_, &RecipientState::is_done); }

Time Message::arrived_at() const {
    std::string_view id = name_.id;
    const auto number = [&id](std::int64_t most) {
        return std::clamp<std::int64_t>(take_number<std::int64_t>(id).value_or(0), 0, most);
    };
    const std::chrono::seconds seconds{number(max_seconds)};
    if (!id.starts_with(".M")) return Time{seconds};
    id.remove_prefix(2);
    return Time{seconds + std::chrono::microseconds{number(999'999)}};
}

Result<std::string_view> Message::header(std::size_t max_octets) {
    for (std::size_t searched = 0;;) {
        const auto message = std::string_view{head_}.substr(begin_);
        if (const auto octets = mail::header_octets(message, searched)) return message.substr(0, *octets - 1);
        if (message.size() >= max_octets) return message;
        searched = message.size();
        const auto more = read_more();
        if (!more) return failure(more.error());
        if (!*more) return std::string_view{head_}.substr(begin_);
    }
}

Result<std::size_t> Message::read_at(std::uint64_t offset, char* buffer, std::size_t octets) const {
    if (offset >= name_.octets) return std::size_t{0};
    octets = std::min<std::uint64_t>(octets, name_.octets - offset);
    for (;;) {
        const auto n = ::pread(file_.number(), buffer, octets, static_cast<off_t>(offset));
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno != EINTR) return failure({Fault::transient, system_error(errno, "read a spool file").what, {}, errno});
    }
}

void Message::note(JournalLine line) {
    line.enhanced = enhanced_code(line);  // as who reads the journal finds it
    const bool is_crowded = journal_octets_ + unsaved_.size() > crowded_octets;
    const bool is_for_people = line.event != Event::expanded && line.event != Event::routed;
    if (is_for_people) line.text.resize(std::min(line.text.size(), is_crowded ? crowded_text_octets : max_reply_octets));
    const auto text = to_string(line);
    if (line.event == Event::tried && (tried_octets_ += text.size()) > max_tried_octets) return;
    unsaved_ += text;
    must_save_ |= line.event == Event::delivered || line.event == Event::relayed || line.event == Event::notified;
    must_sync_ |= line.event != Event::deferred && line.event != Event::routed && line.event != Event::tried;
    apply(line);
}

/// A plain message that has been put back may have been in flight when its claimer died: a deliver that outlives it can
/// link it at any time. Once it has a journal it is never linked again.
Result<bool> Message::may_have_other_names() const {
    if (lent_ || (name_.due && !has_journal() && is_plain(envelope_))) return true;
    const auto st = status(file_);
    if (!st) return failure(st.error());
    return st->st_nlink > 1;
}

Result<void> Message::own_file(const Fd& directory) {
    const auto shared = may_have_other_names();
    if (!shared) return failure(shared.error());
    return *shared || spoiled_ ? replace_by_copy(directory) : Result<void>{};
}

Result<void> Message::replace_by_copy(const Fd& directory) {
    const auto name = to_string(name_);
    const auto copy_name = "." + name_.id;
    auto copy = NewFile::create(directory, copy_name + ".tmp");
    if (!copy) return failure(copy.error());
    const auto whole = name_.octets + journal_octets_;
    std::string piece;
    for (std::uint64_t at = 0; at < whole; at += piece.size()) {
        piece.clear();
        const auto read = read_behind(file_, piece, at, std::min<std::uint64_t>(whole - at, copied_octets));
        if (!read) return failure(read.error());
        if (*read == 0) return failure({Fault::transient, fmt::format("{}: the file has become shorter", name_.id), {}, EIO});
        if (auto r = copy->write(piece); !r) return r;
    }
    ::unlinkat(directory.number(), copy_name.c_str(), 0);  // of a crash
    if (auto r = copy->publish(directory, copy_name); !r) return r;
    if (auto r = rename_at(directory, copy_name, directory, name); !r) return r;
    if (auto r = sync(directory); !r) return r;
    file_ = Fd{::openat(directory.number(), name.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC)};
    if (!file_) return failure({Fault::transient, system_error(errno, fmt::format("open {}", name)).what, {}, errno});
    lent_ = false;
    spoiled_ = false;
    return {};
}

Result<void> Message::reserve_journal(const Fd& directory) {
    if (auto owned = own_file(directory); !owned) return owned;
    const auto open = static_cast<std::size_t>(std::ranges::count_if(recipients_, [](const auto& r) { return !r.told; }));
    const auto octets = static_cast<off_t>(unsaved_.size() + open * line_octets + max_tried_octets);
    const auto end = static_cast<off_t>(name_.octets + journal_octets_);
    if (::fallocate(file_.number(), FALLOC_FL_KEEP_SIZE, end, octets) == 0) return {};
    if (errno != ENOSPC && errno != EDQUOT) return {};
    return failure({Fault::transient, "no room for the journal", {}, errno});
}

Result<void> Message::save(const Fd& directory) {
    if (unsaved_.empty()) return {};
    if (auto owned = own_file(directory); !owned) return owned;
    const auto text = (unfinished_line_ ? "\n" : "") + unsaved_;
    spoiled_ = true;
    if (auto written = write_all(file_, text); !written) return written;
    if (must_sync_ && ::fdatasync(file_.number()) != 0) return failure(system_error(errno, "fdatasync a journal"));
    spoiled_ = false;
    unfinished_line_ = false;
    journal_octets_ += text.size();
    unsaved_.clear();
    must_save_ = false;
    must_sync_ = false;
    return {};
}

}  // namespace mailpipe::queue

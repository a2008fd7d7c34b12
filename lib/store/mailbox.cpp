// SPDX-License-Identifier: ISC
#include "store/mailbox.hpp"

#include <cerrno>
#include <numeric>

#include "base/files.hpp"
#include "io/wire_size.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

Result<Mailbox> Mailbox::open(const std::string& path) {
    auto directory = open_directory(path);
    if (!directory) return failure(directory.error());
    auto new_directory = open_directory_at(*directory, "new");
    if (!new_directory) return failure(new_directory.error());
    auto cur_directory = open_directory_at(*directory, "cur");
    if (!cur_directory) return failure(cur_directory.error());

    Mailbox mailbox;
    mailbox.directory_ = std::move(*directory);
    mailbox.new_ = std::move(*new_directory);
    mailbox.cur_ = std::move(*cur_directory);
    return mailbox;
}

Result<void> Mailbox::scan() {
    auto names = NameList::scan(new_, cur_);
    if (!names) return failure(names.error());
    names_ = std::move(*names);

    messages_.assign(names_.size(), {});
    for (std::uint32_t i = 0; i < messages_.size(); ++i) {
        messages_[i].name = i;
        messages_[i].wire_octets = parse_maildir_name(names_.base(i)).wire_octets().value_or(unknown_size);
    }
    return {};
}

const Fd& Mailbox::directory_of(const Message& message) const { return is_new(message) ? new_ : cur_; }

/// Takes over the names that others have given the wanted of our messages meanwhile, and returns the others of them.
std::vector<std::size_t> Mailbox::take_names(const NameList& now, const std::vector<std::size_t>& wanted) {
    std::vector<std::size_t> missing;
    for (const auto i : wanted) {
        const auto found = now.find(names_.base(i));
        if (found) {
            names_.rename(i, now.name(*found), now.place(*found));
        } else {
            missing.push_back(i);
        }
    }
    return missing;
}

/// Learns where our messages are now, and which are gone. New messages are none of this session's.
Result<void> Mailbox::rescan() {
    std::vector<std::size_t> missing(names_.size());
    std::iota(missing.begin(), missing.end(), 0);
    // Twice, where one is missing: a scan can miss what is just being renamed, and gone is for the whole session.
    for (int looks = 0; looks < 2 && !missing.empty(); ++looks) {
        const auto now = NameList::scan(new_, cur_);
        if (!now) return failure(now.error());
        missing = take_names(*now, missing);
        std::erase_if(missing, [&](std::size_t i) { return names_.place(i) == Place::gone; });
    }
    for (const auto i : missing) names_.mark_gone(i);
    return {};
}

/// Runs `attempt` on the message's directory and name; when it is not there, once more where it is now. One that is
/// known to be gone costs no look at the disk: else a session would read the folder for each that another deleted.
template <typename T>
Result<T> Mailbox::with_file(const Message& message, const Attempt<T>& attempt) {
    if (is_gone(message)) return failure(system_error(ENOENT, base(message)));
    auto done = attempt(directory_of(message), std::string{name(message)});
    if (done || done.error().number != ENOENT) return done;
    if (auto r = rescan(); !r) return failure(r.error());
    if (is_gone(message)) return done;
    return attempt(directory_of(message), std::string{name(message)});
}

Result<Fd> Mailbox::open_message(const Message& message) { return with_file<Fd>(message, open_read_at); }

Result<std::uint64_t> Mailbox::measure(Message& message) {
    if (message.wire_octets != unknown_size) return message.wire_octets;
    const auto file = open_message(message);
    if (!file) return failure(file.error());
    const auto size = io::measure(*file);
    if (!size) return failure(size.error());
    return message.wire_octets = size->wire_octets;
}

Result<void> Mailbox::remove(const Message& message) {
    auto removed = with_file<void>(message, unlink_at);
    if (!removed && removed.error().number == ENOENT) return {};
    return removed;
}

Result<void> Mailbox::add_flags(const Message& message, std::string_view flags) {
    std::string target;
    auto renamed = with_file<void>(message, [&](const Fd& directory, const std::string& name) -> Result<void> {
        target = with_flags(name, flags);
        if (&directory == &cur_ && target == name) return {};
        return rename_new_at(directory, name, cur_, target);
    });
    if (renamed) names_.rename(message.name, target, Place::in_cur);
    return renamed;
}

}  // namespace mailpipe::store

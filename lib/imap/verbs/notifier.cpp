// SPDX-License-Identifier: ISC
#include "imap/verbs/notifier.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/files.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/verbs/status.hpp"

namespace mailpipe::imap {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// Time stamps of files tell only so much: one more look, later.
constexpr auto second_look = 1300ms;
// A rename of a folder with others below it is many: they are looked at together.
constexpr auto names_settle = 100ms;
// For what other hosts do on a shared file system.
constexpr auto look_anyhow = 30s;

constexpr store::Watch::Id root_id = 1;
constexpr store::Watch::Id messages_id(store::Watch::Id number) { return 2 * number; }
constexpr store::Watch::Id metadata_id(store::Watch::Id number) { return 2 * number + 1; }

tl::unexpected<Error> too_many() { return failure({Fault::permanent, "more mailboxes than can be watched", {}, EMFILE}); }

bool is_selected(const Session& session, std::string_view name) { return session.mailbox && session.mailbox->name == name; }

void tell_metadata(Session& session, std::string_view mailbox, const std::vector<std::string>& entries) {
    if (entries.empty()) return;
    std::string out = "* METADATA ";
    append_mailbox(out, mailbox, session.utf8());
    for (const auto& entry : entries) {
        out += ' ';
        append_astring(out, entry);
    }
    session.channel.write(out + "\r\n");
}

}  // namespace

Notifier::Notifier(std::vector<EventGroup> groups) : groups_(std::move(groups)), look_anyhow_(steady_clock::now() + look_anyhow) {
    std::erase_if(groups_, is_for_selected);
}

Result<void> Notifier::read_choices(const Session& session) {
    std::vector<Choice> choices;
    for (const auto& group : groups_) {
        auto mailboxes = MailboxChoice::read(session, {group.filter});
        if (!mailboxes) return failure(mailboxes.error());
        EventSet events = 0;
        for (const auto event : group.events) events |= bit(event);
        choices.push_back({events, std::move(*mailboxes)});
    }
    choices_ = std::move(choices);
    return {};
}

EventSet Notifier::events_of(std::string_view name) const {
    EventSet events = 0;
    for (const auto& choice : choices_) events |= choice.mailboxes.contains(name) ? choice.events : 0;
    return events;
}

EventSet Notifier::all_events() const {
    EventSet events = 0;
    for (const auto& choice : choices_) events |= choice.events;
    return events;
}

Result<void> Notifier::begin(Session& session, bool tells_status) {
    if (groups_.empty()) return {};
    const auto& tree = session.mail->tree;
    if (watch_.add(root_id, tree.root()) == store::Watch::Means::none) return too_many();
    auto names = WatchedNames::read(tree);
    if (!names) return failure(names.error());
    names_.emplace(std::move(*names));
    if (auto r = read_choices(session); !r) return r;
    (void)server_metadata_.look(tree.root());
    return follow(session, [&](Watched& folder) { tell_first_state(session, folder, tells_status); });
}

Result<void> Notifier::watch_folder(const Session& session, Id number, const Watched& folder) {
    auto directory = open_directory_at(session.mail->tree.root(), folder.directory);
    if (!directory) return {};  // it has just gone
    using Means = store::Watch::Means;
    if ((folder.events & message_events) != 0) {
        const auto in_new = open_directory_at(*directory, "new");
        const auto in_cur = open_directory_at(*directory, "cur");
        if (in_new && in_cur && watch_.add(messages_id(number), *in_new, *in_cur) == Means::none) return too_many();
    }
    const bool has_metadata = (folder.events & bit(Event::mailbox_metadata_change)) != 0;
    if (has_metadata && watch_.add(metadata_id(number), *directory) == Means::none) return too_many();
    return {};
}

void Notifier::unwatch(Id number) {
    watch_.remove(messages_id(number));
    watch_.remove(metadata_id(number));
}

/// Watches what is to be watched by now, and nothing else; `begin` is called for what was not before.
Result<void> Notifier::follow(Session& session, const std::function<void(Watched&)>& begin) {
    constexpr EventSet of_folders = message_events | bit(Event::mailbox_metadata_change);
    std::map<std::string, Watched, std::less<>> wanted;
    for (const auto& folder : names_->names().folders) {
        const auto events = static_cast<EventSet>(folder.exists() ? events_of(folder.name) & of_folders : 0);
        if (events != 0) wanted.emplace(folder.name, Watched{folder.name, folder.directory, events});
    }
    if (wanted.size() > max_watched_folders) return too_many();
    for (auto at = folders_.begin(); at != folders_.end();) {
        const auto same = wanted.find(at->second.name);
        const bool stays = same != wanted.end() && same->second.events == at->second.events;
        if (stays) {
            at->second.directory = same->second.directory;
            wanted.erase(same);
            ++at;
            continue;
        }
        unwatch(at->first);
        at = folders_.erase(at);
    }
    for (auto& [name, folder] : wanted) {
        if (auto r = watch_folder(session, next_id_, folder); !r) return r;
        begin(folders_.emplace(next_id_++, std::move(folder)).first->second);
    }
    return {};
}

void Notifier::tell_first_state(Session& session, Watched& watched, bool tells_status) {
    if (const auto directory = open_directory_at(session.mail->tree.root(), watched.directory)) (void)watched.metadata.look(*directory);
    if ((watched.events & message_events) == 0) return;
    auto folder = open_folder(session, watched.name, store::Access::examine);
    if (!folder) return;
    watched.state = state_of(*folder->index());
    if (tells_status && !is_selected(session, watched.name)) tell_status(session, *folder, watched.name, first_status_items(session, watched.events));
}

void Notifier::note(const std::vector<store::Watch::Id>& ids) {
    const auto now = steady_clock::now();
    for (const auto id : ids) {
        if (id == root_id && !root_look_) root_look_ = now + names_settle;
        const auto at = folders_.find(id / 2);
        if (id <= root_id || at == folders_.end()) continue;
        if (id == messages_id(at->first)) {
            at->second.has_changed = true;
            at->second.again = now + second_look;
        } else {
            at->second.has_other_metadata = true;
        }
    }
}

void Notifier::look_at_all() {
    look_anyhow_ = steady_clock::now() + look_anyhow;
    if (groups_.empty()) return;
    root_look_ = steady_clock::now();
    for (auto& [id, folder] : folders_) folder.has_changed = folder.has_other_metadata = true;
}

Notifier::SteadyTime Notifier::next_look() const {
    auto next = root_look_ ? std::min(*root_look_, look_anyhow_) : look_anyhow_;
    for (const auto& [id, folder] : folders_) {
        if (folder.again) next = std::min(next, *folder.again);
    }
    return next;
}

void Notifier::look_at_folder(Session& session, Watched& watched) {
    // To open a folder makes what is missing in it; this one may be on its way out.
    const bool is_there = status_at(session.mail->tree.root(), watched.directory + "/cur").has_value();
    if (!is_there || (watched.events & message_events) == 0) return;
    auto folder = open_folder(session, watched.name, store::Access::examine);
    if (!folder) {  // locked; or gone, and then it is not watched for long
        watched.again = steady_clock::now() + second_look;
        return;
    }
    const auto now = state_of(*folder->index());  // once: others change it meanwhile
    const auto items = status_items(session, watched.events, watched.state, now, *folder->index());
    watched.state = now;
    if (!items.empty() && !is_selected(session, watched.name)) tell_status(session, *folder, watched.name, items);
}

void Notifier::look_at_metadata(Session& session, Watched& watched) {
    const auto directory = open_directory_at(session.mail->tree.root(), watched.directory);
    if (directory) tell_metadata(session, watched.name, watched.metadata.look(*directory));
}

void Notifier::tell_names(Session& session, const WatchedNames::Changes& changes, const std::vector<Choice>& before) {
    const auto wants = [&](std::string_view name, Event event) {
        const auto is_meant = [&](const Choice& choice) { return (choice.events & bit(event)) != 0 && choice.mailboxes.contains(name); };
        return std::ranges::any_of(choices_, is_meant) || std::ranges::any_of(before, is_meant);
    };
    for (const auto& [from, rename] : changes.renamed) {
        if (rename.goes_with_parent || !(wants(from, Event::mailbox_name) || wants(rename.to, Event::mailbox_name))) continue;
        std::string old_name = " (\"OLDNAME\" (";
        append_mailbox(old_name, from, session.utf8());
        tell_name(session, names_->names(), rename.to, old_name + "))");
    }
    for (const auto& name : changes.affected) {
        if (wants(name, Event::mailbox_name)) tell_name(session, names_->names(), name);
    }
    for (const auto& name : changes.subscribed) {
        if (wants(name, Event::subscription_change)) tell_name(session, names_->names(), name);
    }
}

void Notifier::look_at_root(Session& session) {
    root_look_.reset();
    const auto changes = names_->look(session.mail->tree);
    const auto before = choices_;
    if (!changes || !read_choices(session)) return;
    tell_names(session, *changes, before);
    for (auto& [id, folder] : folders_) {
        const auto rename = changes->renamed.find(folder.name);
        if (rename != changes->renamed.end()) folder.name = rename->second.to;
    }
    const auto followed = follow(session, [](Watched& folder) { folder.has_changed = folder.has_other_metadata = true; });
    if (!followed) {
        session.channel.write("* OK [NOTIFICATIONOVERFLOW] " + followed.error().what + "\r\n");
        return stop_notifying(session);
    }
    if ((all_events() & bit(Event::server_metadata_change)) == 0) return;
    tell_metadata(session, "", server_metadata_.look(session.mail->tree.root()));
}

void Notifier::look(Session& session) {
    const auto now = steady_clock::now();
    if (now >= look_anyhow_) look_at_all();
    if (root_look_ && now >= *root_look_) look_at_root(session);
    if (session.notifier.get() != this) return;
    for (auto& [id, folder] : folders_) {
        const bool is_due = folder.again && now >= *folder.again;
        if (is_due) folder.again.reset();
        if (std::exchange(folder.has_other_metadata, false)) look_at_metadata(session, folder);
        if (std::exchange(folder.has_changed, false) || is_due) look_at_folder(session, folder);
    }
}

void Notifier::learn_stored(std::string_view name, const store::IndexFile& index, const std::vector<std::uint32_t>& uids) {
    for (auto& [id, folder] : folders_) {
        if (folder.name == name) learn_messages(folder.state, index, uids);
    }
}

void Notifier::learn_name(const Session& session, std::string_view name) {
    if (!names_) return;
    names_->learn(session.mail->tree, name);
    root_look_ = steady_clock::now();  // there may be other folders to watch
}

void Notifier::learn_rename(const Session& session, std::string_view from, std::string_view to) {
    for (auto& [id, folder] : folders_) {
        const bool is_moved = !store::is_inbox(from) && (folder.name == from || store::is_below(folder.name, from, session.settings.names));
        if (is_moved) folder.name.replace(0, from.size(), to);
    }
    learn_name(session, from);
    learn_name(session, to);
}

void Notifier::learn_metadata(std::string_view name, const std::vector<store::MetadataChange>& changes) {
    if (name.empty()) return server_metadata_.learn(changes);
    for (auto& [id, folder] : folders_) {
        if (folder.name == name) folder.metadata.learn(changes);
    }
}

void stop_notifying(Session& session) {
    session.events = {.is_asked = true, .messages = false, .flags = false};
    session.notifier.reset();
}

void note_stored(Session& session, std::string_view name, const store::IndexFile& index, const std::vector<std::uint32_t>& uids) {
    if (is_selected(session, name)) {
        for (const auto uid : uids) session.mailbox->made.add(uid);
    }
    if (session.notifier) session.notifier->learn_stored(name, index, uids);
}

}  // namespace mailpipe::imap

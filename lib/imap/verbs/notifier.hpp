// SPDX-License-Identifier: ISC
// What NOTIFY SET watches beside the selected mailbox (RFC 5465): folders, their names, subscriptions and annotations.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/verbs/chosen_mailboxes.hpp"
#include "imap/verbs/watched_folder.hpp"
#include "imap/verbs/watched_names.hpp"
#include "store/watch.hpp"

namespace mailpipe::imap {

/// More are refused, with NOTIFICATIONOVERFLOW.
constexpr std::size_t max_watched_folders = 1000;

class Notifier {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;
    /// Ids in watch().
    static constexpr store::Watch::Id selected_id = 0;

    explicit Notifier(std::vector<EventGroup> groups);

    /// From now on they are watched. `tells_status`: with a STATUS of each (NOTIFY SET STATUS). Errors: EMFILE, there are more
    /// than max_watched_folders, or more than the system watches; others as the tree's.
    Result<void> begin(Session& session, bool tells_status);

    /// With which the selected mailbox is watched, too: a process has only one.
    store::Watch& watch() { return watch_; }
    /// Of watch(): what has changed.
    void note(const std::vector<store::Watch::Id>& ids);
    /// When the next look() is due.
    SteadyTime next_look() const;
    /// Tells what has changed, as far as it is due. After NOTIFICATIONOVERFLOW the session has another notifier, or none.
    void look(Session& session);

    // The client's own doing, of which it is not told (RFC 5465 section 5).

    void learn_stored(std::string_view name, const store::IndexFile& index, const std::vector<std::uint32_t>& uids);
    void learn_name(const Session& session, std::string_view name);
    void learn_rename(const Session& session, std::string_view from, std::string_view to);
    /// `name` is empty for the server's.
    void learn_metadata(std::string_view name, const std::vector<store::MetadataChange>& changes);

private:
    struct Watched {
        std::string name;
        std::string directory;
        EventSet events;
        FolderState state{};
        WatchedMetadata metadata{store::MetadataOf::folder};
        bool has_changed = false;           ///< messages
        bool has_other_metadata = false;
        std::optional<SteadyTime> again{};  ///< one more look
    };
    struct Choice {
        EventSet events;
        MailboxChoice mailboxes;
    };
    using Id = store::Watch::Id;

    Result<void> read_choices(const Session& session);
    EventSet events_of(std::string_view name) const;
    EventSet all_events() const;
    Result<void> follow(Session& session, const std::function<void(Watched&)>& begin);
    Result<void> watch_folder(const Session& session, Id id, const Watched& folder);
    void unwatch(Id id);
    void tell_first_state(Session& session, Watched& folder, bool tells_status);
    void look_at_folder(Session& session, Watched& folder);
    void look_at_metadata(Session& session, Watched& folder);
    void look_at_root(Session& session);
    void tell_names(Session& session, const WatchedNames::Changes& changes, const std::vector<Choice>& before);
    void look_at_all();

    std::vector<EventGroup> groups_;
    std::vector<Choice> choices_;
    store::Watch watch_;
    std::optional<WatchedNames> names_;
    std::map<Id, Watched> folders_;  // by half of their first id
    Id next_id_ = 1;
    WatchedMetadata server_metadata_{store::MetadataOf::server};
    std::optional<SteadyTime> root_look_;
    SteadyTime look_anyhow_;
};

/// NOTIFY NONE, and NOTIFICATIONOVERFLOW: from now on the client hears of nothing.
void stop_notifying(Session& session);

/// The client has stored these messages in the mailbox: it knows of them.
void note_stored(Session& session, std::string_view name, const store::IndexFile& index, const std::vector<std::uint32_t>& uids);

}  // namespace mailpipe::imap

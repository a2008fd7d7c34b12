// SPDX-License-Identifier: ISC
// One folder of a Maildir as one session sees it: the messages that were there when it looked, by UID.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/name_list.hpp"
#include "store/uid_map.hpp"

namespace mailpipe::store {

class Mailbox {
public:
    static constexpr std::uint64_t unknown_size = UINT64_MAX;

    struct Message {
        std::uint32_t uid = 0;                     ///< 0 before number()
        std::uint32_t name;                        ///< its index in names()
        std::uint64_t wire_octets = unknown_size;  ///< with CRLF line ends; at first what the name says
    };
    /// A unique-id that came from another server: 'P' of dovecot-uidlist.
    struct Uidl {
        std::uint32_t uid;
        std::string text;  ///< empty: the base name
    };

    /// Opens the folder with its cur/ and new/. Errors: permanent when it is no Maildir or not ours to read.
    static Result<Mailbox> open(const std::string& path);
    /// Reads the names in it, nothing else: what the session will see.
    Result<void> scan();

    /// Gives every message its UID out of dovecot-uidlist, which is made or extended under Dovecot's lock where it
    /// has to be, and sorts the messages by UID. On disk, synced, before it returns. Again: does nothing.
    /// Errors: transient for a lock that others hold or a full disk; then nothing has a UID.
    Result<void> number(const Clock& clock);

    std::vector<Message>& messages() { return messages_; }
    const std::vector<Message>& messages() const { return messages_; }
    const NameList& names() const { return names_; }
    std::string_view name(const Message& message) const { return names_.name(message.name); }
    std::string_view base(const Message& message) const { return names_.base(message.name); }
    bool is_new(const Message& message) const { return names_.place(message.name) == Place::in_new; }
    const Fd& directory() const { return directory_; }
    std::uint32_t uid_validity() const { return uid_validity_; }
    const std::vector<Uidl>& uidls() const { return uidls_; }  ///< by UID

    // These find a message also when another session has changed its flags: the folder is read again then, once for
    // all that have new names or are gone by that time. Errors: ENOENT, permanent, when it is gone.

    Result<Fd> open_message(const Message& message);
    /// Reads the file, where wire_octets is not known.
    Result<std::uint64_t> measure(Message& message);
    /// Unlinks it. That it is gone already is no error.
    Result<void> remove(const Message& message);
    /// Sees to it that it stands in cur/ with these flags among its own. Others look for it meanwhile: hold
    /// lock_uid_map().
    Result<void> add_flags(const Message& message, std::string_view flags);

private:
    bool is_gone(const Message& message) const { return names_.place(message.name) == Place::gone; }
    const Fd& directory_of(const Message& message) const;
    std::vector<std::size_t> take_names(const NameList& now, const std::vector<std::size_t>& wanted);
    Result<void> rescan();
    template <typename T>
    using Attempt = std::function<Result<T>(const Fd& directory, const std::string& name)>;
    template <typename T>
    Result<T> with_file(const Message& message, const Attempt<T>& attempt);

    std::size_t take_uids(const UidMap& map);
    std::string add_newcomers(std::uint32_t next_uid);
    Result<void> give_uids(const Clock& clock);

    Fd directory_;
    Fd new_;
    Fd cur_;
    NameList names_;
    std::vector<Message> messages_;
    std::vector<Uidl> uidls_;
    std::uint32_t uid_validity_ = 0;
    bool is_numbered_ = false;
};

}  // namespace mailpipe::store

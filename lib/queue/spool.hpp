// SPDX-License-Identifier: ISC
// The spool's directories, and the writer's half: how a message comes in. Manual: spool(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/new_file.hpp"
#include "base/result.hpp"
#include "io/wire_size.hpp"
#include "mail/envelope.hpp"

namespace mailpipe::queue {

/// A message on its way into the spool. Destroyed before commit(): nothing of it is left.
class NewMessage {
public:
    /// A piece of the message, with LF line ends; the first piece begins with "Received:".
    Result<void> write(std::string_view text);

    /// Makes it a message of the queue: when this returns it survives a crash, and a sendq may already have taken it.
    /// Errors: transient; then nothing is queued (or, where the last sync failed, it may be delivered all the same).
    Result<void> commit();

    const std::string& id() const { return id_; }
    /// Octets so far, and the same with every line end as CRLF; both with the envelope.
    std::uint64_t octets() const { return file_.size(); }
    std::uint64_t wire_octets() const { return wire_size_.octets(); }

private:
    friend class Spool;
    NewMessage(NewFile file, const Fd& directory, std::string id)
        : file_(std::move(file)), directory_(&directory), id_(std::move(id)) {}

    NewFile file_;
    const Fd* directory_;  // new/, borrowed from the spool
    std::string id_;
    io::WireSize wire_size_;
};

/// Open descriptors of the directories; stays where it is while messages are written. Moving files between them: claims.hpp.
class Spool {
public:
    /// Makes what is missing of it, with mode 0700.
    static Result<Spool> open(const std::string& path);

    /// A new message for `envelope`. `id` as of unique_name(). Errors: transient when there is no room, permanent when
    /// the envelope can't be written down.
    Result<NewMessage> begin(std::string id, const mail::Envelope& envelope) const;

    /// A file without a name, on the same disk: for what is worked on before it is queued. `fallback_name`: NewFile.
    Result<NewFile> scratch(std::string fallback_name) const { return NewFile::create(tmp_, std::move(fallback_name)); }

    /// How much can still be written there; nothing where the system does not tell.
    std::optional<std::uint64_t> free_octets() const;

    const std::string& path() const { return path_; }
    const Fd& new_messages() const { return new_; }
    const Fd& waiting() const { return cur_; }
    const Fd& held() const { return hold_; }
    const Fd& claims() const { return work_; }
    const Fd& full_mailboxes() const { return full_; }
    const Fd& seen_tls() const { return tls_; }

private:
    explicit Spool(std::string path) : path_(std::move(path)) {}

    std::string path_;
    Fd tmp_;
    Fd new_;
    Fd cur_;
    Fd work_;
    Fd hold_;
    Fd full_;
    Fd tls_;
};

}  // namespace mailpipe::queue

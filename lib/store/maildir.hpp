// SPDX-License-Identifier: ISC
// A Maildir as the one who delivers sees it (https://cr.yp.to/proto/maildir.html): a message is made in tmp/, without a
// name where the file system allows it, synced, and linked into new/. Symbolic links in the Maildir are not followed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/new_file.hpp"
#include "base/result.hpp"
#include "io/wire_size.hpp"

namespace mailpipe::store {

/// Makes cur/, new/ and tmp/ where they are missing; synced.
Result<void> make_parts(const Fd& directory);

/// One message on its way into a Maildir. Destroyed before Maildir::place(): nothing of it is left.
class Delivery {
public:
    /// A piece of the message, with LF line ends.
    Result<void> write(std::string_view text);
    std::uint64_t octets() const { return file_.size(); }
    /// "<unique>,S=…,W=…" as it is by now.
    std::string name() const;

private:
    friend class Maildir;
    Delivery(NewFile file, std::string unique) : file_(std::move(file)), unique_(std::move(unique)) {}

    NewFile file_;
    std::string unique_;
    io::WireSize wire_;
};

class Maildir {
public:
    /// The Maildir at `path`. It and its cur/, new/ and tmp/ are made, mode 0700, where they are missing.
    static Result<Maildir> open(const std::string& path);
    /// The folder in the directory `name` (".Lists"). It is never made. Errors: permanent, ENOENT.
    Result<Maildir> open_folder(const std::string& name) const;

    /// `unique` as of unique_name(). The Maildir must outlive the delivery.
    Result<Delivery> begin(std::string unique) const;
    /// Syncs the file and links it into new/ as Delivery::name(); it counts as delivered only after sync().
    /// Errors: as the system's; EEXIST when new/ has that name.
    Result<void> place(Delivery& delivery) const;

    /// A file that exists elsewhere, synced by whoever wrote it, under `name` into new/; durable after sync().
    /// Errors: EXDEV, EPERM, EMLINK where it has to be copied; EEXIST.
    Result<void> link(const Fd& file, const std::string& name) const;

    /// Makes what was placed and linked survive a crash. After an error nothing that was placed since the last sync()
    /// counts: withdraw() it, and open the Maildir anew.
    Result<void> sync() const;
    void withdraw(const std::string& name) const;

    /// True as long as `path`, as it was opened, is still this Maildir.
    bool is_current() const;
    const std::string& path() const { return path_; }
    const Fd& root() const { return root_; }

private:
    Maildir(std::string path, Fd root) : path_(std::move(path)), root_(std::move(root)) {}
    static Result<Maildir> open_parts(std::string path, Fd root);

    std::string path_;
    Fd root_;
    Fd new_;
    Fd tmp_;
    dev_t device_ = 0;  // of new/
    ino_t inode_ = 0;
};

}  // namespace mailpipe::store

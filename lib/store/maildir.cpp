// SPDX-License-Identifier: ISC
#include "store/maildir.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/unique_name.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

Result<void> make_parts(const Fd& directory) {
    bool is_new = false;
    for (const auto* name : {"tmp", "cur", "new"}) {
        const auto made = make_directory_at(directory, name);
        if (!made && made.error().number != EEXIST) return made;
        is_new = is_new || made;
    }
    if (!is_new) return {};
    return sync(directory);
}

Result<void> Delivery::write(std::string_view text) {
    wire_.add(text);
    return file_.write(text);
}

std::string Delivery::name() const { return sized_name(unique_, octets(), wire_.octets()); }

Result<Maildir> Maildir::open(const std::string& path) {
    auto root = open_directory(path);
    if (!root && root.error().number == ENOENT) {
        if (auto made = make_directories(path); !made) return failure(made.error());
        root = open_directory(path);
    }
    if (!root) return failure(root.error());
    auto maildir = open_parts(path, std::move(*root));
    if (maildir || maildir.error().number != ENOENT) return maildir;

    root = open_directory(path);
    if (!root) return failure(root.error());
    if (auto made = make_parts(*root); !made) return failure(made.error());
    return open_parts(path, std::move(*root));
}

Result<Maildir> Maildir::open_folder(const std::string& name) const {
    auto folder = open_directory_at(root_, name);
    if (!folder) return failure(folder.error());
    return open_parts(path_ + '/' + name, std::move(*folder));
}

Result<Maildir> Maildir::open_parts(std::string path, Fd root) {
    Maildir maildir{std::move(path), std::move(root)};
    for (const auto& [name, part] : {std::pair{"new", &maildir.new_}, std::pair{"tmp", &maildir.tmp_}}) {
        auto opened = open_directory_at(maildir.root_, name);
        if (!opened) return failure(opened.error());
        *part = std::move(*opened);
    }
    const auto st = status(maildir.new_);
    if (!st) return failure(st.error());
    maildir.device_ = st->st_dev;
    maildir.inode_ = st->st_ino;
    return maildir;
}

Result<Delivery> Maildir::begin(std::string unique) const {
    // Where it needs a name in tmp/, what a killed process left there must not be in the way.
    auto file = NewFile::create(tmp_, unique_name(system_clock().now(), "") + unique);
    if (!file) return failure(file.error());
    return Delivery{std::move(*file), std::move(unique)};
}

Result<void> Maildir::place(Delivery& delivery) const { return delivery.file_.link(new_, delivery.name()); }

Result<void> Maildir::link(const Fd& file, const std::string& name) const { return link_open_file(file, new_, name); }

Result<void> Maildir::sync() const { return mailpipe::sync(new_); }

void Maildir::withdraw(const std::string& name) const { (void)unlink_at(new_, name); }

bool Maildir::is_current() const {
    struct stat st {};
    return ::stat((path_ + "/new").c_str(), &st) == 0 && st.st_dev == device_ && st.st_ino == inode_;
}

}  // namespace mailpipe::store

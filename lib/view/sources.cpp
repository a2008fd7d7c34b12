// SPDX-License-Identifier: ISC
#include "view/sources.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/mapped_file.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::view {

namespace {

constexpr std::size_t max_name_octets = PATH_MAX - 1;

Result<Message> message_in(const Fd& file, const std::string& name) {
    auto mapped = MappedFile::open(file);
    if (!mapped) {
        mapped.error().what.insert(0, name + ": ");
        return failure(std::move(mapped).error());
    }
    const auto octets = std::make_shared<const MappedFile>(std::move(*mapped));
    return Message{name, false, octets->text(), octets};
}

/// In a directory, where whatever a link leads to must not keep us waiting.
Result<Message> open_file(const std::string& path) {
    const Fd file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!file) return failure(system_error(errno, "open " + path));
    const auto st = status(file);
    if (!st || !S_ISREG(st->st_mode)) return failure({Fault::permanent, path + " is no file", ExitStatus::unavailable});
    return message_in(file, path);
}

/// One of an mbox, without what the mbox has added.
Message message_of(std::string name, const store::MboxMessage& one, const std::shared_ptr<const void>& octets) {
    if (one.is_counted || !store::has_quoted_from(one.text)) return {std::move(name), false, one.text, octets};
    const auto text = std::make_shared<const std::string>(store::without_quoted_from(one.text));
    return {std::move(name), false, *text, text};
}

bool may_be_message(const DirectoryEntry& entry) {
    const bool may_be_file = entry.type == DT_REG || entry.type == DT_LNK || entry.type == DT_UNKNOWN;
    return may_be_file && store::is_message_name(entry.name);
}

/// Those in it, by name, with its path before them.
Result<std::vector<std::string>> files_in(const std::string& path) {
    const auto directory = open_directory(path);
    if (!directory) return failure(directory.error());
    std::vector<std::string> files;
    const auto done = scan_directory(*directory, [&](const DirectoryEntry& entry) {
        if (may_be_message(entry)) files.push_back(fmt::format("{}/{}", path, entry.name));
        return true;
    });
    if (!done) return failure(done.error());
    std::ranges::sort(files);
    return files;
}

/// From standard input, with a NUL behind it. Nothing at the end.
std::optional<Result<std::string>> read_name() {
    std::string name;
    bool is_long = false;
    int c = 0;
    while ((c = ::getc_unlocked(stdin)) > 0) {
        is_long = is_long || name.size() == max_name_octets;
        if (!is_long) name += static_cast<char>(c);
    }
    if (std::ferror(stdin) != 0) return failure(system_error(errno, "read names"));
    if (is_long) return failure({Fault::permanent, fmt::format("a name has more than {} octets", max_name_octets), ExitStatus::data});
    if (c == EOF && name.empty()) return {};
    return name == "-" ? "./-" : name;  // standard input is where it came from
}

Error several(const std::string& name) {
    return {Fault::permanent, fmt::format("{} has several messages: name one file", name), ExitStatus::usage};
}

/// What may not be looked at may be there.
bool may_be_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR); }

bool is_directory(const Fd& file) {
    const auto st = status(file);
    return st && S_ISDIR(st->st_mode);
}

}  // namespace

bool Sources::want_standard_input_twice() const {
    const auto named = std::ranges::count(names_, "-");
    return named > 1 || (named == 1 && reads_names_);
}

std::optional<Result<Message>> Sources::next() {
    for (;;) {
        if (mbox_) {
            if (auto message = next_of_mbox()) return message;
        } else if (!files_.empty()) {
            const auto path = std::exchange(files_.back(), {});
            files_.pop_back();
            return open_file(path);
        } else {
            const auto name = next_name();
            if (!name) return {};
            if (!*name) return failure(name->error());
            auto opened = open(**name);
            if (!opened) return failure(std::move(opened).error());
            if (*opened) return std::move(**opened);
        }
    }
}

std::optional<Result<std::string>> Sources::next_name() {
    if (next_name_ < names_.size()) return names_[next_name_++];
    if (!reads_names_ || are_names_over_) return {};
    auto name = read_name();
    are_names_over_ = !name || std::ferror(stdin) != 0;
    return name;
}

std::optional<Message> Sources::next_of_mbox() {
    const auto one = mbox_->upcoming;
    if (!one) {
        mbox_.reset();
        return {};
    }
    mbox_->upcoming = mbox_->reader.next();
    const bool has_others = ++mbox_->count > 1 || mbox_->upcoming;
    auto message = message_of(has_others ? fmt::format("{}#{}", mbox_->name, mbox_->count) : mbox_->name, *one, mbox_->octets);
    message.is_alone = is_only_one() && !has_others;
    return message;
}

/// Nothing where a directory or an mbox was opened, whose messages come then.
Result<std::optional<Message>> Sources::open(const std::string& name) {
    const auto file = open_input(name);
    if (!file) return failure(file.error());
    if (is_directory(*file)) {
        if (requires_one_) return failure(several(name));
        if (name == "-") return failure({Fault::permanent, "standard input is a directory: give its name", ExitStatus::usage});
        auto listed = list_directory(name);
        has_several_ = listed || !files_.empty();
        if (!listed) return failure(std::move(listed).error());
        return std::optional<Message>{};
    }
    auto message = message_in(*file, name);
    if (!message) return failure(std::move(message).error());
    message->is_alone = is_only_one();
    if (!store::is_mbox(message->text)) return std::move(*message);
    has_several_ = true;
    mbox_.emplace(Mbox{name, message->octets, store::MboxReader{message->text}});
    mbox_->upcoming = mbox_->reader.next();
    if (requires_one_ && !mbox_->reader.at_end()) {
        mbox_.reset();
        return failure(several(name));
    }
    return std::optional<Message>{};
}

/// What can't be listed hides nothing else.
Result<void> Sources::list_directory(const std::string& path) {
    const bool is_maildir = may_be_there(path + "/cur") && may_be_there(path + "/new");
    Result<void> done;
    for (const auto& part : is_maildir ? std::vector{path + "/new", path + "/cur"} : std::vector{path}) {
        const auto files = files_in(part);
        if (files) files_.insert(files_.end(), files->begin(), files->end());
        else if (done) done = failure(files.error());
    }
    std::ranges::reverse(files_);
    return done;
}

}  // namespace mailpipe::view

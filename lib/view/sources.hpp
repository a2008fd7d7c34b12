// SPDX-License-Identifier: ISC
// Where messages to look at come from: files, standard input, directories, mboxes, names that another program has found.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/mbox.hpp"
#include "view/message.hpp"

namespace mailpipe::view {

/// One after the other; each is opened when its turn comes.
class Sources {
public:
    /// A name is "-" (standard input), a file (one message, or an mbox: store::is_mbox()), or a directory: a Maildir with
    /// all in new/ and cur/, or any other with its files. A file in a directory is one message, whatever it looks like.
    explicit Sources(std::vector<std::string> names) : names_(std::move(names)) {}
    /// Names from standard input too, behind the others, each with a NUL behind it; the last may lack it. 4095 octets at most.
    void read_names() { reads_names_ = true; }
    /// A name that stands for several messages, or for a directory, is an error then (status usage).
    void require_one() { requires_one_ = true; }
    /// Of what next() has just failed with: it is all that was asked for, not one of a directory's or an mbox's.
    bool is_alone() const { return is_only_one() && !has_several_; }
    /// For messages, or for a message and for names.
    bool want_standard_input_twice() const;
    bool is_only_one() const { return names_.size() == 1 && !reads_names_; }

    /// Nothing at the end. An error stands for what could not be opened: the next call goes on.
    std::optional<Result<Message>> next();

private:
    struct Mbox {
        std::string name;
        std::shared_ptr<const void> octets;
        store::MboxReader reader;
        std::size_t count = 0;
        std::optional<store::MboxMessage> upcoming{};
    };
    std::optional<Result<std::string>> next_name();
    std::optional<Message> next_of_mbox();
    Result<std::optional<Message>> open(const std::string& name);
    Result<void> list_directory(const std::string& path);

    std::vector<std::string> names_;
    std::size_t next_name_ = 0;
    bool reads_names_ = false;
    bool are_names_over_ = false;
    bool requires_one_ = false;
    std::atomic<bool> has_several_ = false;  // a directory or an mbox was opened; another thread may ask is_alone()
    std::vector<std::string> files_;  // of the directory that was opened last, the next one at the end
    std::optional<Mbox> mbox_;
};

}  // namespace mailpipe::view

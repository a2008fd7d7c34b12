// SPDX-License-Identifier: ISC
// Attachments put into a directory, under names that do no harm.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "mime/sink.hpp"
#include "mime/structure.hpp"
#include "view/message.hpp"

namespace mailpipe::view {

class Extractor {
public:
    /// Files are made in `directory`, which is made where it is missing; none is ever replaced. `pattern` (fnmatch(3), case
    /// does not count) says which parts: with a '/' in it it is one of types, else one of names. Empty: every attachment.
    /// With a pattern LC_CTYPE becomes that of UTF-8: before there are threads.
    static Result<Extractor> open(std::string directory, std::string pattern);

    /// A line for each file: the part's number, its type, the file's octets, its path, the message's name, with tabs between.
    /// What is written has the part's octets, decoded; no file is ever seen that has only some, where
    /// the file system has unnamed files and links; else none stays after an error. Several threads may call it.
    Result<void> extract(const Message& message, const mime::Structure& structure, const mime::Sink& out);

private:
    Extractor(std::string path, std::string pattern, Fd directory)
        : path_(std::move(path)), pattern_(std::move(pattern)), directory_(std::move(directory)),
          names_(std::make_unique<Names>()) {}

    struct Names {
        std::mutex mutex;
        std::unordered_map<std::string, std::size_t> used;  // how often each was wanted
        std::atomic<bool> are_links = true;                 // the directory takes them
    };
    struct Written {
        std::string name;
        std::uint64_t octets;
    };
    bool is_wanted(std::string_view message, const mime::Part& part, const std::string& name) const;
    Result<Written> write(std::string_view message, const mime::Part& part, const std::string& wanted) const;
    Result<Written> write_named(std::string_view message, const mime::Part& part, const std::string& wanted) const;
    Result<std::string> with_free_name(const std::string& wanted, const std::function<Result<void>(const std::string& name)>& make) const;

    std::string path_;
    std::string pattern_;
    Fd directory_;
    std::unique_ptr<Names> names_;
};

}  // namespace mailpipe::view

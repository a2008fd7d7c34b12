// SPDX-License-Identifier: ISC
#include "store/doubles.hpp"

#include "base/files.hpp"
#include "base/log.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

namespace {

struct File {
    const Fd& directory;
    std::string name;
    Place place;
};

/// Another unique part; sizes and flags are the file's.
std::string renamed(std::string_view name, const std::string& unique) {
    return unique + std::string{name.substr(parse_maildir_name(name).unique.size())};
}

}  // namespace

bool part_doubles(const NameList& names, const Doubles& doubles) {
    const auto file = [&](std::string_view name, Place place) {
        return File{place == Place::in_new ? doubles.new_directory : doubles.cur_directory, std::string{name}, place};
    };
    bool is_parted = false;
    for (const auto& one : names.doubles()) {
        const auto listed = names.find(parse_maildir_name(one.name).base);
        if (!listed) continue;
        const auto first = file(names.name(*listed), names.place(*listed));
        const auto second = file(one.name, one.place);
        const auto st1 = status_at(first.directory, first.name);
        const auto st2 = status_at(second.directory, second.name);
        if (!st1 || !st2) continue;  // it was renamed
        const bool is_one_file = st1->st_dev == st2->st_dev && st1->st_ino == st2->st_ino;
        const auto& other = doubles.is_known(second.name, second.place) ? first : second;
        const auto name = renamed(other.name, doubles.unique_name());
        const auto done = is_one_file ? unlink_at(other.directory, other.name) : rename_new_at(other.directory, other.name, other.directory, name);
        if (!done) continue;
        LogLine("doubled").add("file", other.name).add("now", is_one_file ? std::string{} : name).write();
        is_parted = true;
    }
    return is_parted;
}

}  // namespace mailpipe::store

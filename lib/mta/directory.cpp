// SPDX-License-Identifier: ISC
#include "mta/directory.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace mailpipe::mta {

namespace {

using namespace std::chrono_literals;

bool is_same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

/// What stat(2) says of each source; zeros for what is no file.
std::vector<struct stat> Directory::stamps() const {
    std::vector<struct stat> stamps;
    const auto add = [&stamps](const std::string& path) {
        struct stat st {};
        if (::stat(path.c_str(), &st) != 0) st = {};
        stamps.push_back(st);
    };
    std::ranges::for_each(rules_.users, add);
    add(rules_.aliases);
    return stamps;
}

Result<Directory> Directory::open(DirectoryRules rules) {
    Directory directory{std::move(rules)};
    if (auto loaded = directory.load(); !loaded) return failure(loaded.error());
    return directory;
}

Result<void> Directory::load() {
    stamps_ = stamps();  // first: what changes while it is read is seen the next time
    is_sound_ = false;
    auto users = sasl::Users::open(rules_.users);
    if (!users) return failure(users.error());
    auto aliases = rules_.aliases.empty() ? Result<Aliases>{Aliases{}} : Aliases::load(rules_.aliases);
    if (!aliases) return failure(aliases.error());
    std::unique_ptr<Loaded> loaded{new Loaded{std::move(*users), std::move(*aliases), {}}};
    const auto exists = [&known = loaded->users](std::string_view name) { return known.find(name).has_value(); };
    auto addressing = Addressing::create(rules_.addressing, loaded->aliases, exists);
    if (!addressing) return failure(addressing.error());
    loaded->addressing = std::move(*addressing);
    loaded_ = std::move(loaded);
    is_sound_ = true;
    return {};
}

Result<void> Directory::refresh() {
    fresh_until_ = io::Deadline::after(1s);
    if (is_sound_ && std::ranges::equal(stamps(), stamps_, is_same_file)) return {};
    const auto loaded = load();
    if (loaded) return {};
    LogLine("error").add("what", "not reloaded: " + loaded.error().what).write();
    return failure({Fault::transient, loaded.error().what, ExitStatus::try_again});
}

void Directory::glance() {
    if (fresh_until_.remaining() == 0ms) static_cast<void>(refresh());
}

store::Quota Directory::quota_of(const sasl::User& user) const {
    const bool has_own = user.max_octets > 0 || user.max_messages > 0;
    return has_own ? store::Quota{user.max_octets, user.max_messages} : rules_.quota;
}

}  // namespace mailpipe::mta

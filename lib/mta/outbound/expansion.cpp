// SPDX-License-Identifier: ISC
#include "mta/outbound/expansion.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <unordered_set>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"

namespace mailpipe::mta {

namespace {

Error loop(const std::vector<const Alias*>& path, const Alias& again) {
    std::string names;
    for (const auto* alias : path) names += alias->name + ", ";
    return {Fault::permanent, fmt::format("alias loop: {}{}", names, again.name)};
}

Error unusable(const std::string& path, std::string_view why) {
    return {Fault::transient, fmt::format(":include:{}: {}", path, why)};
}

Result<std::vector<AliasTarget>> read_include(const std::string& path) {
    const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a FIFO must not keep us waiting
    if (!file) return failure(unusable(path, system_error(errno, "open").what));
    const auto st = status(file);
    if (!st) return failure(unusable(path, st.error().what));
    if (!S_ISREG(st->st_mode)) return failure(unusable(path, "no regular file"));
    if (st->st_uid != 0 && st->st_uid != ::geteuid()) return failure(unusable(path, "owner is neither root nor we"));
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0) return failure(unusable(path, "others may write to it"));
    const auto text = read_all(file, max_include_octets);
    if (!text) return failure(unusable(path, text.error().what));
    auto targets = parse_targets(*text);
    if (!targets) return failure(unusable(path, targets.error().what));
    return targets;
}

class Expander {
public:
    explicit Expander(const Addressing& addressing) : addressing_(addressing) {}

    Result<void> add_alias(const Alias& alias) {
        if (path_.size() == max_alias_depth) return failure({Fault::permanent, "aliases are nested too deeply"});
        if (!expanded_.insert(&alias).second) return {};  // by another way
        path_.push_back(&alias);
        auto added = add_targets(alias.targets);
        path_.pop_back();
        return added;
    }

    std::vector<mail::Mailbox> members;

private:
    Result<void> add_targets(const std::vector<AliasTarget>& targets) {
        for (const auto& target : targets) {
            if (auto added = add_target(target); !added) return added;
        }
        return {};
    }

    Result<void> add_target(const AliasTarget& target) {
        switch (target.kind) {
            case AliasTarget::Kind::address: return add_address(addressing_.complete(target.mailbox));
            case AliasTarget::Kind::user: return add_member(addressing_.complete(target.mailbox));
            case AliasTarget::Kind::include: return add_include(target.path);
        }
        return {};
    }

    Result<void> add_include(const std::string& path) {
        if (std::ranges::find(includes_, path) != includes_.end()) {
            return failure({Fault::permanent, fmt::format(":include:{} includes itself", path)});
        }
        const auto targets = read_include(path);
        if (!targets) return failure(targets.error());
        includes_.push_back(path);
        auto added = add_targets(*targets);
        includes_.pop_back();
        return added;
    }

    Result<void> add_address(const mail::Mailbox& mailbox) {
        const auto found = addressing_.resolve(mailbox);
        if (!found) return failure(found.error());
        if (found->kind != Resolution::Kind::alias) return add_member(mailbox);
        if (std::ranges::find(path_, found->alias) == path_.end()) return add_alias(*found->alias);

        const auto user = addressing_.resolve_user(mailbox);
        if (!user) return failure(user.error());
        if (user->kind == Resolution::Kind::user) return add_member(mailbox);
        return failure(loop(path_, *found->alias));
    }

    Result<void> add_member(const mail::Mailbox& mailbox) {
        const auto local = addressing_.is_local(mailbox.domain);
        const auto key = fmt::format("{}@{}", local ? lower(mailbox.local_part) : mailbox.local_part, lower(mailbox.domain));
        if (!seen_.insert(key).second) return {};
        if (members.size() == max_alias_members) return failure({Fault::permanent, "alias has too many members"});
        members.push_back(mailbox);
        return {};
    }

    const Addressing& addressing_;
    std::vector<const Alias*> path_;      // the aliases that we are inside of
    std::vector<std::string> includes_;   // and the files
    std::unordered_set<const Alias*> expanded_;
    std::unordered_set<std::string> seen_;
};

}  // namespace

Result<std::vector<mail::Mailbox>> expand(const Addressing& addressing, const Alias& alias) {
    Expander expander{addressing};
    if (auto added = expander.add_alias(alias); !added) return failure(added.error());
    return std::move(expander.members);
}

}  // namespace mailpipe::mta

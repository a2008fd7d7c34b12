// SPDX-License-Identifier: ISC
#include "base/privileges.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include <fmt/format.h>

namespace mailpipe {

namespace {

constexpr int most_groups = 1024;

Result<void> become(uid_t user, gid_t group, const std::vector<gid_t>& groups) {
    const auto failed = [] { return failure({Fault::transient, system_error(errno, "give up privileges").what, {}, errno}); };
    if (::setgroups(groups.size(), groups.data()) != 0) return failed();
    if (::setresgid(group, group, group) != 0) return failed();
    if (::setresuid(user, user, user) != 0) return failed();
    if (::setuid(0) == 0) return failure({Fault::permanent, "privileges came back after giving them up", ExitStatus::software});
    return {};
}

tl::unexpected<Error> roots() {
    return failure({Fault::permanent, "root owns no mailbox and runs no server", ExitStatus::no_permission});
}

}  // namespace

Result<void> drop_privileges(const std::string& user) {
    if (::geteuid() != 0) return {};
    const passwd* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) {
        return failure({Fault::permanent, fmt::format("no user '{}' to run as", user), ExitStatus::configuration});
    }
    if (entry->pw_uid == 0 || entry->pw_gid == 0) return roots();
    int count = most_groups;
    std::vector<gid_t> groups(most_groups);
    ::getgrouplist(user.c_str(), entry->pw_gid, groups.data(), &count);
    groups.resize(static_cast<std::size_t>(std::min(count, most_groups)));
    return become(entry->pw_uid, entry->pw_gid, groups);
}

Result<void> drop_privileges(uid_t user, std::optional<gid_t> group) {
    if (::geteuid() != 0) return {};
    if (!group) {
        const passwd* entry = ::getpwuid(user);
        if (entry == nullptr) {
            return failure({Fault::permanent, fmt::format("no group for uid {}", user), ExitStatus::configuration});
        }
        group = entry->pw_gid;
    }
    if (user == 0 || *group == 0) return roots();
    return become(user, *group, {*group});
}

}  // namespace mailpipe

// SPDX-License-Identifier: ISC
#include "mta/spool_owner.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/privileges.hpp"

namespace mailpipe::mta {

namespace {

tl::unexpected<Error> wrong(std::string what) {
    return failure({Fault::permanent, std::move(what), ExitStatus::configuration});
}

}  // namespace

Result<std::optional<Owner>> spool_owner(const std::string& path) {
    if (::geteuid() != 0) return std::nullopt;
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0) {
        const auto why = system_error(errno, path).what;
        return wrong(fmt::format("the spool: {}; make it: install -d -o mailpipe -g mailpipe -m 700 {}", why, path));
    }
    if (st.st_uid != 0 && st.st_gid != 0) return Owner{st.st_uid, st.st_gid};
    return wrong(fmt::format("the spool is root's, whom no server runs as: chown -R mailpipe: {}", path));
}

Result<queue::Spool> open_spool(const std::string& path, const std::optional<Owner>& owner) {
    if (!owner) return queue::Spool::open(path);
    const auto acting = ActingAs::begin(*owner);
    if (!acting) return failure(acting.error());
    return queue::Spool::open(path);
}

Result<void> become(const std::optional<Owner>& owner) {
    return owner ? drop_privileges(owner->uid, owner->gid) : Result<void>{};
}

}  // namespace mailpipe::mta

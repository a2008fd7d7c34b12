// SPDX-License-Identifier: ISC
#include "mta/acting_as.hpp"

#include <grp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace mailpipe::mta {

namespace {

Result<void> refuse_root(Owner owner) {
    if (owner.uid != 0 && owner.gid != 0) return {};
    return failure({Fault::permanent, "root owns no mailbox", ExitStatus::no_permission});
}

tl::unexpected<Error> refused() {
    return failure({Fault::transient, system_error(errno, "become the mailbox's owner").what});
}

}  // namespace

Result<ActingAs> ActingAs::begin(Owner owner) {
    if (::geteuid() != 0) return ActingAs{false};
    if (auto allowed = refuse_root(owner); !allowed) return failure(allowed.error());
    ActingAs acting{true};  // whatever fails below, the destructor undoes
    if (::setgroups(1, &owner.gid) != 0 || ::setegid(owner.gid) != 0 || ::seteuid(owner.uid) != 0) return refused();
    return acting;
}

ActingAs::~ActingAs() {
    if (!is_changed_) return;
    const gid_t root = 0;
    if (::seteuid(0) != 0 || ::setegid(0) != 0 || ::setgroups(1, &root) != 0) std::abort();
}

Owner ourselves() { return {::geteuid(), ::getegid()}; }

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// Whose a mailbox is, and being that user while something is done in it. For good: base/privileges.hpp.
#pragma once

#include <sys/types.h>

#include <utility>

#include "base/result.hpp"

namespace mailpipe::mta {

struct Owner {
    uid_t uid;
    gid_t gid;
};

/// While it lives, a process of root has the owner's rights and no others; then it is root again, or it is no more.
/// A process of an ordinary user stays what it is: everything belongs to that user. Not to be nested.
class ActingAs {
public:
    /// Errors: permanent (77) when root should act as root, transient when the system refuses.
    static Result<ActingAs> begin(Owner owner);

    ActingAs(ActingAs&& other) noexcept : is_changed_(std::exchange(other.is_changed_, false)) {}
    ActingAs& operator=(ActingAs&&) = delete;
    ~ActingAs();

private:
    explicit ActingAs(bool is_changed) : is_changed_(is_changed) {}
    bool is_changed_;
};

/// Who this process acts for when it is not root: its own ids.
Owner ourselves();

}  // namespace mailpipe::mta

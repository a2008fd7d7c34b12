// SPDX-License-Identifier: ISC
#include "base/error.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace mailpipe {

ExitStatus exit_status(const Error& error) {
    if (error.fault == Fault::transient) return ExitStatus::try_again;
    return error.status.value_or(ExitStatus::data);
}

Error system_error(int number, std::string_view what) {
    Error error{Fault::transient, fmt::format("{}: {}", what, strerrordesc_np(number)), {}, number};
    switch (number) {
        case EACCES:
        case EPERM:
            error.fault = Fault::permanent;
            error.status = ExitStatus::no_permission;
            break;
        case ENOENT:
        case ENOTDIR:
        case EISDIR:
        case ELOOP:
        case ENAMETOOLONG:
        case EEXIST:
        case EINVAL:
        case ENOTSOCK:
        case ENOEXEC:
            error.fault = Fault::permanent;
            error.status = ExitStatus::unavailable;
            break;
        default: break;
    }
    return error;
}

bool timed_out(const Error& error) { return error.number == ETIMEDOUT; }

}  // namespace mailpipe

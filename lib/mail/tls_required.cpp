// SPDX-License-Identifier: ISC
#include "mail/tls_required.hpp"

#include "base/ascii.hpp"
#include "mail/header.hpp"

namespace mailpipe::mail {

bool says_tls_is_not_required(std::string_view message) {
    bool found = false;
    HeaderReader header{message};
    while (const auto field = header.next()) {
        if (!iequals(field->name, "TLS-Required")) continue;
        if (found || !iequals(unfold(field->value), "No")) return false;
        found = true;
    }
    return found;
}

}  // namespace mailpipe::mail

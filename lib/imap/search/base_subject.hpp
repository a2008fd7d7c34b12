// SPDX-License-Identifier: ISC
// What a subject is about: the base subject of SORT and THREAD (RFC 5256 section 2.1).
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::imap {

struct BaseSubject {
    std::string text;       ///< without "Re:", "[list]", "(fwd)" and their kin; in its own case
    bool is_reply = false;  ///< or a forward: RFC 5256 section 3, REFERENCES
};

/// `subject` is in UTF-8, its encoded-words decoded, folded or not.
BaseSubject base_subject(std::string_view subject);

}  // namespace mailpipe::imap

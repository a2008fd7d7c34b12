// SPDX-License-Identifier: ISC
// CANCELUPDATE (RFC 5267 section 4.3.5).
#include "imap/grammar/words.hpp"

#include <algorithm>

#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

Result<Reply> verbs::cancel_update(Session& session, const Command& command) {
    const auto tags = parse_cancel_update(command);
    if (!tags) return bad(tags.error());
    auto& contexts = session.mailbox->contexts.all;
    std::erase_if(contexts, [&](const auto& context) { return std::ranges::find(*tags, context.tag) != tags->end(); });
    return ok("no more of that");
}

}  // namespace mailpipe::imap

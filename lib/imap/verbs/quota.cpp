// SPDX-License-Identifier: ISC
// GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208). There is one quota root, "" for all of a user's mail.
#include "imap/grammar/quota.hpp"

#include <fmt/format.h>

#include "imap/grammar/mailbox.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/verbs/verbs.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::uint64_t storage_unit = 1024;  // octets: RFC 9208 section 5.1

/// Errors: the folders can't be read.
Result<void> tell_quota(Session& session) {
    const auto use = store::quota_use(session.mail->tree.root(), session.mail->home.quota);
    if (!use) return failure(use.error());
    std::string resources;
    if (use->quota.octets > 0) {
        const auto used = (static_cast<std::uint64_t>(std::max<std::int64_t>(use->used.octets, 0)) + storage_unit - 1) / storage_unit;
        resources = fmt::format("STORAGE {} {}", used, use->quota.octets / storage_unit);
    }
    if (use->quota.messages > 0) {
        resources += fmt::format("{}MESSAGE {} {}", resources.empty() ? "" : " ", std::max<std::int64_t>(use->used.messages, 0),
                                 use->quota.messages);
    }
    session.channel.write(fmt::format("* QUOTA \"\" ({})\r\n", resources));
    return {};
}

}  // namespace

namespace verbs {

Result<Reply> get_quota(Session& session, const Command& command) {
    const auto root = parse_get_quota(command);
    if (!root) return bad(root.error());
    if (!root->empty()) return no("NONEXISTENT", "there is no such quota root");
    if (auto r = tell_quota(session); !r) return no(r.error());
    return ok("done");
}

Result<Reply> get_quota_root(Session& session, const Command& command) {
    const auto sent = parse_mailbox(command, session.utf8());
    if (!sent) return bad(sent.error());
    const auto name = canonical_name(session, *sent);
    if (!name) return no(name.error());
    std::string out = "* QUOTAROOT ";
    append_mailbox(out, *name, session.utf8());
    session.channel.write(out + " \"\"\r\n");
    if (auto r = tell_quota(session); !r) return no(r.error());
    return ok("done");
}

Result<Reply> set_quota(Session&, const Command& command) {
    const auto request = parse_set_quota(command);
    if (!request) return bad(request.error());
    return no("NOPERM", "limits are set by the administrator");
}

}  // namespace verbs

}  // namespace mailpipe::imap

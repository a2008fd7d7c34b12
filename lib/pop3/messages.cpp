// SPDX-License-Identifier: ISC
#include "pop3/messages.hpp"

#include "base/log.hpp"
#include "pop3/command.hpp"

namespace mailpipe::pop3 {

void mailbox_trouble(Session& session, const Error& error) {
    LogLine("trouble").add("user", session.user->name).add("what", error.what).write();
    if (error.fault == Fault::transient) return err(session, "SYS/TEMP", Text::mailbox_trouble);
    err(session, "SYS/PERM", Text::mailbox_unusable);
}

bool number_messages(Session& session) {
    const auto numbered = session.maildrop->number();
    if (!numbered) mailbox_trouble(session, numbered.error());
    return numbered.has_value();
}

std::optional<std::size_t> find_message(Session& session, std::string_view number) {
    if (!number_messages(session)) return {};
    const auto value = parse_message_number(number);
    auto& maildrop = *session.maildrop;
    if (!value) {
        err(session, Text::bad_argument);
    } else if (*value > maildrop.size()) {
        err(session, Text::no_such_message);
    } else if (maildrop.marks(*value - 1).deleted) {
        err(session, Text::is_deleted);
    } else if (maildrop.marks(*value - 1).gone) {
        err(session, Text::is_gone);
    } else {
        return *value - 1;
    }
    return {};
}

Result<void> cannot_read(Session& session, std::size_t index) {
    if (session.maildrop->marks(index).gone) {
        err(session, Text::is_gone);
    } else {
        err(session, "SYS/TEMP", Text::cannot_read);
    }
    return {};
}

}  // namespace mailpipe::pop3

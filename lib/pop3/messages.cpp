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

std::optional<std::size_t> find_message(Session& session, std::uint32_t number) {
    if (!number_messages(session)) return {};
    auto& maildrop = *session.maildrop;
    if (number > maildrop.size()) {
        err(session, Text::no_such_message);
    } else if (maildrop.marks(number - 1).deleted) {
        err(session, Text::is_deleted);
    } else if (maildrop.marks(number - 1).gone) {
        err(session, Text::is_gone);
    } else {
        return number - 1;
    }
    return {};
}

std::optional<std::size_t> find_message(Session& session, std::string_view arguments) {
    if (const auto number = parse_message_number(arguments)) return find_message(session, *number);
    err(session, Text::bad_argument);
    return {};
}

void cannot_read(Session& session, std::size_t index) {
    if (session.maildrop->marks(index).gone) {
        err(session, Text::is_gone);
    } else {
        err(session, "SYS/TEMP", Text::cannot_read);
    }
}

}  // namespace mailpipe::pop3

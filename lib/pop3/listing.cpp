// SPDX-License-Identifier: ISC
// STAT, LIST and UIDL: what there is (RFC 1939 sections 5 and 7).
#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "pop3/messages.hpp"
#include "pop3/verbs.hpp"

namespace mailpipe::pop3::verbs {

namespace {

/// A line for one message, as `append` makes what follows its number.
template <typename Append>
bool append_line(Session& session, std::string& out, std::size_t index, Append append) {
    const auto begin = out.size();
    fmt::format_to(std::back_inserter(out), "{} ", index + 1);
    if (append(session, out, index)) return true;
    out.resize(begin);
    return false;
}

/// With a number: one line. Without: all that are not marked as deleted.
template <typename Append>
Result<void> list_messages(Session& session, std::string_view arguments, Text heading, Append append) {
    if (!number_messages(session)) return {};
    std::string out;
    if (!arguments.empty()) {
        const auto index = find_message(session, arguments);
        if (!index) return {};
        if (append_line(session, out, *index, append)) {
            session.channel.write("+OK " + out + "\r\n");
        } else {
            cannot_read(session, *index);
        }
        return {};
    }
    ok(session, heading);
    for (std::size_t i = 0; i < session.maildrop->size(); ++i) {
        if (!session.maildrop->is_listed(i) || !append_line(session, out, i, append)) continue;
        out += "\r\n";
        if (out.size() < 16 * 1024) continue;
        session.channel.write(out);
        out.clear();
    }
    session.channel.write(out);
    end_of_list(session);
    return {};
}

bool append_size(Session& session, std::string& out, std::size_t index) {
    const auto octets = session.maildrop->octets(index);
    if (octets) fmt::format_to(std::back_inserter(out), "{}", *octets);
    return octets.has_value();
}

bool append_unique_id(Session& session, std::string& out, std::size_t index) {
    auto& mailbox = session.maildrop->mailbox();
    const auto& message = session.maildrop->message(index);
    const auto& given = mailbox.uidls();
    if (!given.empty()) {
        const auto found = std::ranges::lower_bound(given, message.uid, {}, &store::Mailbox::Uidl::uid);
        if (found != given.end() && found->uid == message.uid) {
            const auto text = found->text.empty() ? mailbox.base(message) : std::string_view{found->text};
            if (is_unique_id(text)) {
                out += text;
                return true;
            }
        }
    }
    session.settings.uidl_format.append(out, {message.uid, mailbox.uid_validity(), mailbox.base(message)});
    return true;
}

}  // namespace

Result<void> stat(Session& session, std::string_view) {
    const auto totals = session.maildrop->totals();
    if (!totals) {
        mailbox_trouble(session, totals.error());
        return {};
    }
    session.channel.write(fmt::format("+OK {} {}\r\n", totals->messages, totals->octets));
    return {};
}

Result<void> list(Session& session, std::string_view arguments) {
    return list_messages(session, arguments, Text::scan_listing, append_size);
}

Result<void> uidl(Session& session, std::string_view arguments) {
    return list_messages(session, arguments, Text::unique_ids, append_unique_id);
}

}  // namespace mailpipe::pop3::verbs

// SPDX-License-Identifier: ISC
// LANG and UTF8 (RFC 6856).
#include "base/ascii.hpp"
#include "pop3/verbs.hpp"

namespace mailpipe::pop3::verbs {

Result<void> lang(Session& session, std::string_view arguments) {
    const auto range = trim(arguments);
    if (range.empty()) {
        ok(session, Text::language_listing);
        for (const auto& [tag, name] : languages()) {
            session.channel.write(tag);
            session.channel.write(" ");
            session.channel.write(name);
            session.channel.write("\r\n");
        }
        end_of_list(session);
        return {};
    }
    const auto language = range == "*" ? session.settings.preferred_language : find_language(range);
    if (!language) {
        err(session, Text::language_unknown);
        return {};
    }
    session.language = *language;
    ok(session, languages()[static_cast<std::size_t>(*language)].tag, Text::language_changed);
    return {};
}

/// Nothing changes but that a message with UTF-8 in its header is wanted: what is stored goes out as it is.
Result<void> utf8(Session& session, std::string_view arguments) {
    if (!arguments.empty()) {
        err(session, Text::too_many_arguments);
        return {};
    }
    session.utf8 = true;
    ok(session, Text::utf8_on);
    return {};
}

}  // namespace mailpipe::pop3::verbs

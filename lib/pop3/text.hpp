// SPDX-License-Identifier: ISC
// What replies say to people, in the languages that LANG can choose (RFC 6856 section 3).
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace mailpipe::pop3 {

enum class Language { english, german, french };

struct LanguageName {
    std::string_view tag;   ///< RFC 5646
    std::string_view name;  ///< in the language itself
};
/// In the order of Language.
std::span<const LanguageName> languages();

/// The language for a basic language range, by lookup: "de-AT" finds "de" (RFC 4647 section 3.4). "*" is none here.
std::optional<Language> find_language(std::string_view range);

enum class Text {
    ready,
    goodbye,
    unknown_command,
    too_many_bad_commands,
    line_too_long,
    not_before_login,
    not_after_login,
    bad_argument,
    too_many_arguments,
    // capabilities, TLS, language
    capabilities_follow,
    no_tls,
    tls_already,
    tls_after_utf8,
    tls_begins,
    tls_first,
    utf8_on,
    language_listing,
    language_changed,
    language_unknown,
    // login
    send_password,
    name_first,
    mechanisms_follow,
    no_such_mechanism,
    bad_response,
    cancelled,
    wrong_password,
    cannot_check,
    logged_in,
    in_use,
    too_soon,
    mailbox_trouble,
    mailbox_unusable,
    // messages
    no_such_message,
    is_deleted,
    is_gone,
    cannot_read,
    needs_utf8,
    scan_listing,
    unique_ids,
    message_follows,
    top_follows,
    marked_deleted,
    marks_removed,
    nothing_done,
    not_all_deleted,
};

/// Never empty; ASCII in English, UTF-8 in others.
std::string_view say(Text text, Language language);

}  // namespace mailpipe::pop3

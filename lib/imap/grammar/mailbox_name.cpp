// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox_name.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/utf7.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::string_view inbox = "INBOX";

/// RFC 6855 section 3: control characters, and the separators of lines and paragraphs.
bool is_forbidden(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029; }

bool has_forbidden(std::string_view utf8) {
    while (!utf8.empty()) {
        if (is_forbidden(take_character(utf8))) return true;
    }
    return false;
}

void spell_inbox(std::string& name) {
    if (!istarts_with(name, inbox)) return;
    const bool is_whole_level = name.size() == inbox.size() || name[inbox.size()] == '/' || name[inbox.size()] == '.';
    if (is_whole_level) name.replace(0, inbox.size(), inbox);
}

}  // namespace

Result<std::string> mailbox_name(std::string_view sent, Utf8 utf8) {
    auto name = utf8 == Utf8::on ? std::string(sent) : text::read_modified_utf7(sent);
    if (!is_utf8(name)) return failure({Fault::permanent, "the mailbox name is not UTF-8"});
    if (has_forbidden(name)) return failure({Fault::permanent, "the mailbox name has control characters"});
    spell_inbox(name);
    return name;
}

void append_mailbox(std::string& out, std::string_view name, Utf8 utf8) {
    if (utf8 == Utf8::on) append_astring(out, name, utf8);
    else append_astring(out, text::to_modified_utf7(name).value_or(std::string(name)));
}

}  // namespace mailpipe::imap

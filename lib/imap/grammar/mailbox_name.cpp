// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox_name.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/utf7.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::string_view inbox = "INBOX";

void spell_inbox(std::string& name) {
    if (!istarts_with(name, inbox)) return;
    const bool is_whole_level = name.size() == inbox.size() || name[inbox.size()] == '/' || name[inbox.size()] == '.';
    if (is_whole_level) name.replace(0, inbox.size(), inbox);
}

}  // namespace

Result<std::string> mailbox_name(std::string_view sent, Utf8 utf8) {
    auto name = utf8 == Utf8::on ? std::string(sent) : text::read_modified_utf7(sent);
    if (!is_utf8(name)) return failure({Fault::permanent, "the mailbox name is not UTF-8"});
    if (text::has_forbidden_characters(name)) return failure({Fault::permanent, "the mailbox name has control characters"});
    spell_inbox(name);
    return name;
}

void append_mailbox(std::string& out, std::string_view name, Utf8 utf8) {
    if (utf8 == Utf8::on) append_astring(out, name, utf8);
    else append_astring(out, text::to_modified_utf7(name).value_or(std::string(name)));
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/grammar/command.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "imap/grammar/tokens.hpp"

namespace mailpipe::imap {

namespace {

bool is_tag_char(char c) { return (is_atom_char(c) || c == ']') && c != '+'; }

std::string take_name(text::Cursor& cursor) {
    std::string name{cursor.take_while(is_atom_char)};
    std::ranges::transform(name, name.begin(), to_upper);
    return name;
}

}  // namespace

std::string_view tag_of(std::string_view line) {
    const auto tag = text::Cursor{line}.take_while(is_tag_char);
    const bool is_tag = !tag.empty() && (tag.size() == line.size() || line[tag.size()] == ' ');
    return is_tag ? tag : "*";
}

Result<Command> parse_command(std::string_view line) {
    const auto tag = tag_of(line);
    if (tag == "*") return failure({Fault::permanent, "a command begins with a tag"});
    text::Cursor cursor{line.substr(tag.size())};
    cursor.take(' ');
    Command command{tag, take_name(cursor), false, {}};
    if (command.name == "UID" && cursor.take(' ')) {
        command.is_uid = true;
        command.name = take_name(cursor);
    }
    if (command.name.empty()) return failure({Fault::permanent, "no command behind the tag"});
    if (!cursor.at_end() && !cursor.take(' ')) return failure({Fault::permanent, "no blank behind the command's name"});
    command.arguments = cursor.rest();
    return command;
}

}  // namespace mailpipe::imap

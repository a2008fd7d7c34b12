// SPDX-License-Identifier: ISC
// IMAP commands: whatever they are parsed to keeps its limits, and what is written again reads the same.

#include <algorithm>
#include <cstdint>

#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "imap/grammar/append.hpp"
#include "imap/grammar/copy.hpp"
#include "imap/grammar/date.hpp"
#include "imap/grammar/fetch.hpp"
#include "imap/grammar/id.hpp"
#include "imap/grammar/list.hpp"
#include "imap/grammar/list_pattern.hpp"
#include "imap/grammar/login.hpp"
#include "imap/grammar/mailbox.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/grammar/message_url.hpp"
#include "imap/grammar/metadata.hpp"
#include "imap/grammar/notify.hpp"
#include "imap/grammar/quota.hpp"
#include "imap/grammar/search.hpp"
#include "imap/grammar/select.hpp"
#include "imap/grammar/store.hpp"
#include "imap/grammar/tokens.hpp"
#include "imap/grammar/words.hpp"

using namespace mailpipe;
using namespace mailpipe::imap;

namespace {

/// What a client may be shown of its own command.
void require_sound(const Error& error) {
    require(error.fault == Fault::permanent && !error.what.empty() && error.what.size() < 200);
    require(std::ranges::all_of(error.what, [](char c) { return c >= ' ' && c < 0x7f; }));
}

template <typename Value>
bool is_parsed(const Result<Value>& result) {
    if (!result) require_sound(result.error());
    return result.has_value();
}

void require_same_set(const NumberSet& set) { require(set.empty() || parse_sequence_set(to_string(set)).value() == set); }

void require_same_name(const std::string& name, Utf8 utf8) {
    require(is_utf8(name));
    std::string sent;
    append_mailbox(sent, name, utf8);
    text::Cursor cursor{sent};
    require(mailbox_name(take_astring(cursor).value(), utf8).value() == name && cursor.at_end());
    (void)matches_pattern(name, name, '/');
}

/// The name of an item in a response is an item itself, with the same name.
void require_same_item(FetchItem item) {
    item.partial.reset();
    std::string name, again, line = "a FETCH 1 ";
    append_name(name, item);
    line += name;
    const auto request = parse_fetch(parse_command(line).value());
    require(request && request->items.size() == 1);
    append_name(again, request->items[0]);
    require(again == name && request->items[0].section == item.section);
}

/// Each key has as many operands as it tells, and the first one is the whole.
void require_whole(const SearchProgram& program) {
    require(program.size() <= max_search_keys);
    std::uint64_t awaited = 1;
    for (const auto& key : program) {
        require(awaited > 0 && is_utf8(key.text));
        const bool has_operands = key.kind == SearchKey::Kind::all_of || key.kind == SearchKey::Kind::any_of || key.kind == SearchKey::Kind::none_of;
        require(has_operands == (key.operands > 0));
        awaited += key.operands;
        --awaited;
        require_same_set(key.numbers);
    }
    require(awaited == 0 || program.empty());
}

void require_sound(const SearchRequest& request) {
    require(request.program.empty() != request.is_charset_known);
    require_whole(request.program);
}

void try_messages(const Command& command, Utf8 utf8) {
    if (const auto fetch = parse_fetch(command); is_parsed(fetch)) {
        require_same_set(fetch->messages.numbers);
        for (const auto& item : fetch->items) require_same_item(item);
    }
    if (const auto store = parse_store(command); is_parsed(store)) require_same_set(store->messages.numbers);
    if (const auto copy = parse_copy(command, utf8); is_parsed(copy)) require_same_name(copy->mailbox, utf8);
    if (const auto search = parse_search(command); is_parsed(search)) require_sound(*search);
    if (const auto sort = parse_sort(command); is_parsed(sort)) require_sound(sort->search);
    if (const auto thread = parse_thread(command); is_parsed(thread)) require_sound(thread->search);
    if (const auto search = parse_multi_search(command, utf8); is_parsed(search)) require_sound(search->search);
    (void)is_parsed(parse_uid_expunge(command));
}

void try_mailboxes(const Command& command, Utf8 utf8) {
    if (const auto select = parse_select(command, utf8); is_parsed(select)) {
        require_same_name(select->mailbox, utf8);
        require(!select->resync || select->resync->match_uids.size() == select->resync->match_sequence.size());
    }
    if (const auto create = parse_create(command, utf8); is_parsed(create)) require_same_name(create->mailbox, utf8);
    if (const auto rename = parse_rename(command, utf8); is_parsed(rename)) require_same_name(rename->to, utf8);
    if (const auto list = parse_list(command, utf8); is_parsed(list)) {
        for (const auto& pattern : list->patterns) (void)matches_pattern(list->reference, pattern, '/');
    }
    (void)is_parsed(parse_mailbox(command, utf8));
    (void)is_parsed(parse_lsub(command, utf8));
    (void)is_parsed(parse_status(command, utf8));
    (void)is_parsed(parse_get_metadata(command, utf8));
    (void)is_parsed(parse_set_metadata(command, utf8));
    (void)is_parsed(parse_notify(command, utf8));
    (void)is_parsed(parse_get_quota(command));
    (void)is_parsed(parse_set_quota(command));
}

void try_session(const Command& command) {
    if (const auto id = parse_id(command); is_parsed(id)) {
        std::string line = "a ID ";
        append_id(line, *id);
        require(parse_id(parse_command(line).value()).value() == *id);
    }
    (void)is_parsed(parse_login(command));
    (void)is_parsed(parse_authenticate(command));
    (void)is_parsed(parse_no_arguments(command));
    (void)is_parsed(parse_enable(command));
    (void)is_parsed(parse_compress(command));
    (void)is_parsed(parse_cancel_update(command));
    (void)is_parsed(parse_message_url(command.arguments));
}

/// Line by line, as a session has them; a message's literal is what stands between two of them.
void try_append(const Command& command, Utf8 utf8) {
    AppendReader reader{command, utf8};
    auto lines = command.arguments;
    std::string buffer;
    std::string_view text;
    const auto read_line = [&] {
        const auto end = std::min(lines.find("\r\n"), lines.size());
        const auto line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 2, lines.size()));
        return line;
    };
    text = read_line();
    for (std::size_t steps = 0;; ++steps) {
        require(steps < 10 * command.arguments.size() + 10);
        const auto step = reader.next(text);
        if (!is_parsed(step) || step->kind == AppendStep::Kind::command_end) return;
        if (step->kind == AppendStep::Kind::destination) require_same_name(step->text, utf8);
        if (step->kind == AppendStep::Kind::literal) text = read_line();
        if (step->kind != AppendStep::Kind::more) continue;
        if (lines.empty() || step->literal.octets > lines.size()) return;
        buffer = std::string(text).append("\r\n").append(lines.substr(0, step->literal.octets));
        lines.remove_prefix(step->literal.octets);
        text = buffer.append(read_line());
    }
}

void try_tokens(std::string_view input) {
    (void)is_parsed(trailing_literal(input));
    text::Cursor cursor{input};
    const auto time = take_date_time(cursor);
    if (!time) return;
    std::string date;
    append_internal_date(date, *time);
    text::Cursor again{date};
    require(take_date_time(again) == time);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    try_tokens(input);
    const auto command = parse_command(input);
    if (!is_parsed(command)) return 0;
    for (const auto utf8 : {Utf8::off, Utf8::on}) {
        try_messages(*command, utf8);
        try_mailboxes(*command, utf8);
        try_append(*command, utf8);
    }
    try_session(*command);
    return 0;
}

// SPDX-License-Identifier: ISC
#include "imap/grammar/fetch.hpp"

#include <algorithm>
#include <iterator>

#include "imap/grammar/section_spec.hpp"

namespace mailpipe::imap {

namespace {

using Kind = FetchItem::Kind;

struct Name {
    std::string_view name;
    Kind kind;
    bool is_peek = false;
    Section::Text text = Section::Text::all;
};
// Where two rows have one kind, the first is how responses call it.
constexpr Name names[] = {
    {"FLAGS", Kind::flags},
    {"UID", Kind::uid},
    {"INTERNALDATE", Kind::internal_date},
    {"ENVELOPE", Kind::envelope},
    {"BODY", Kind::body},
    {"BODYSTRUCTURE", Kind::body_structure},
    {"RFC822.SIZE", Kind::rfc822_size},
    {"RFC822", Kind::rfc822},
    {"RFC822.HEADER", Kind::rfc822_header, true, Section::Text::header},
    {"RFC822.TEXT", Kind::rfc822_text, false, Section::Text::text},
    {"BINARY", Kind::binary},
    {"BINARY.PEEK", Kind::binary, true},
    {"BINARY.SIZE", Kind::binary_size, true},
    {"MODSEQ", Kind::mod_seq},
    {"EMAILID", Kind::email_id},
    {"THREADID", Kind::thread_id},
    {"SAVEDATE", Kind::save_date},
    {"PREVIEW", Kind::preview},
};
constexpr Name with_section[] = {{"BODY", Kind::body_section}, {"BODY.PEEK", Kind::body_section, true}};

struct Macro {
    std::string_view name;
    std::vector<FetchItem> items;
};

/// RFC 9051 section 6.4.5.
const std::vector<Macro>& macros() {
    static const std::vector<Macro> all{
        {"FAST", {{Kind::flags}, {Kind::internal_date}, {Kind::rfc822_size}}},
        {"ALL", {{Kind::flags}, {Kind::internal_date}, {Kind::rfc822_size}, {Kind::envelope}}},
        {"FULL", {{Kind::flags}, {Kind::internal_date}, {Kind::rfc822_size}, {Kind::envelope}, {Kind::body}}},
    };
    return all;
}

/// "(LAZY)", and not the modifiers that may follow a single item.
void take_lazy(Arguments& in) {
    constexpr std::string_view open = " (";
    if (!in.rest().starts_with(open)) return;
    Arguments ahead{"", in.rest().substr(open.size()), Utf8::off};
    if (!ahead.take_word("LAZY")) return;
    in.space();
    in.list([&] {
        if (!in.take_word("LAZY")) in.fail("unknown modifier of PREVIEW:", in.rest());
    });
}

template <std::size_t size>
const Name* find_name(const Name (&table)[size], std::string_view word) {
    const auto* found = std::ranges::find(table, word, &Name::name);
    return found == std::end(table) ? nullptr : found;
}

FetchItem take_item(Arguments& in) {
    const auto word = in.word();
    const auto* name = in.peek() == '[' ? find_name(with_section, word) : nullptr;
    if (name == nullptr) name = find_name(names, word);
    if (name == nullptr) {
        in.fail("unknown item", word);
        return {Kind::flags};
    }
    FetchItem item{name->kind, name->is_peek, {{}, name->text, {}}, {}};
    if (item.kind == Kind::preview) take_lazy(in);
    if (item.kind == Kind::body_section) item.section = take_section(in);
    if (item.kind == Kind::binary || item.kind == Kind::binary_size) item.section = take_binary_section(in);
    if (item.kind == Kind::body_section || item.kind == Kind::binary) item.partial = take_partial(in);
    return item;
}

std::vector<FetchItem> take_items(Arguments& in) {
    for (const auto& macro : macros()) {
        if (in.take_word(macro.name)) return macro.items;
    }
    if (in.peek() == '(') return take_fetch_items(in);
    return {take_item(in)};
}

void take_modifier(Arguments& in, FetchRequest& request) {
    const auto word = in.word();
    if (word == "VANISHED") {
        request.vanished = true;
    } else if (word == "CHANGEDSINCE") {
        in.space();
        request.changed_since = in.number();
    } else if (word == "PARTIAL") {
        in.space();
        request.partial = take_partial_range(in);
    } else {
        in.fail("unknown modifier", word);
    }
}

}  // namespace

std::vector<FetchItem> take_fetch_items(Arguments& in) {
    std::vector<FetchItem> items;
    in.list([&] {
        items.push_back(take_item(in));
        if (items.size() > max_fetch_items) in.fail("more items than anybody needs");
    });
    return items;
}

Result<FetchRequest> parse_fetch(const Command& command) {
    Arguments in{command};
    FetchRequest request;
    request.messages = in.messages();
    in.space();
    request.items = take_items(in);
    if (in.rest().starts_with(" (")) {
        in.space();
        in.list([&] { take_modifier(in, request); });
    }
    if (request.vanished && (!command.is_uid || !request.changed_since)) in.fail("VANISHED needs UID and CHANGEDSINCE");
    if (request.partial && !command.is_uid) in.fail("PARTIAL needs UID");
    const bool has_uid = std::ranges::find(request.items, Kind::uid, &FetchItem::kind) != request.items.end();
    if (command.is_uid && !has_uid) request.items.insert(request.items.begin(), {Kind::uid});
    return in.finish(std::move(request));
}

void append_name(std::string& out, const FetchItem& item) {
    if (item.kind == Kind::body_section) out += with_section[0].name;
    else out += std::ranges::find(names, item.kind, &Name::kind)->name;
    if (item.kind == Kind::body_section || item.kind == Kind::binary || item.kind == Kind::binary_size) append_section(out, item.section);
    if (item.partial) out.append("<").append(std::to_string(item.partial->offset)).append(">");
}

}  // namespace mailpipe::imap

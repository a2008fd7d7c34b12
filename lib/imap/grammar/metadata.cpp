// SPDX-License-Identifier: ISC
#include "imap/grammar/metadata.hpp"

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

using Depth = GetMetadataRequest::Depth;

std::string take_entry(Arguments& in) { return lower(in.astring()); }

Depth take_depth(Arguments& in) {
    if (in.take_word("0")) return Depth::entry;
    if (in.take_word("1")) return Depth::children;
    if (!in.take_word("infinity")) in.fail("DEPTH is 0, 1 or infinity, not", in.rest());
    return Depth::infinity;
}

void take_option(Arguments& in, GetMetadataRequest& request) {
    const auto word = in.word();
    in.space();
    if (word == "MAXSIZE") request.max_size = in.number();
    else if (word == "DEPTH") request.depth = take_depth(in);
    else in.fail("unknown option", word);
}

void take_options(Arguments& in, GetMetadataRequest& request) {
    in.list([&] { take_option(in, request); });
    in.space();
}

void take_entry_into(Arguments& in, std::vector<std::string>& entries) {
    entries.push_back(take_entry(in));
    if (entries.size() > max_metadata_entries) in.fail("more entries than anybody needs");
}

/// A list of words, and no entries.
bool is_option_next(const Arguments& in) { return in.rest().size() > 1 && in.rest()[0] == '(' && is_alpha(in.rest()[1]); }

}  // namespace

Result<GetMetadataRequest> parse_get_metadata(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    GetMetadataRequest request;
    if (in.peek() == '(') take_options(in, request);
    request.mailbox = in.mailbox();
    in.space();
    if (is_option_next(in)) take_options(in, request);
    if (in.peek() == '(') {
        in.list([&] { take_entry_into(in, request.entries); });
    } else {
        do take_entry_into(in, request.entries);
        while (in.take(' ') && !in.at_end());
    }
    return in.finish(std::move(request));
}

Result<SetMetadataRequest> parse_set_metadata(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    SetMetadataRequest request;
    request.mailbox = in.mailbox();
    in.space();
    in.list([&] {
        auto entry = take_entry(in);
        in.space();
        request.values.emplace_back(std::move(entry), in.binary_nstring());
        if (request.values.size() > max_metadata_entries) in.fail("more entries than anybody needs");
    });
    return in.finish(std::move(request));
}

}  // namespace mailpipe::imap

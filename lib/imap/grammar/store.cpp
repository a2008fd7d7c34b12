// SPDX-License-Identifier: ISC
#include "imap/grammar/store.hpp"

namespace mailpipe::imap {

namespace {

std::optional<std::uint64_t> take_unchanged_since(Arguments& in) {
    std::optional<std::uint64_t> unchanged_since;
    in.list([&] {
        if (unchanged_since || !in.take_word("UNCHANGEDSINCE")) in.fail("UNCHANGEDSINCE expected once, not", in.rest());
        in.space();
        unchanged_since = in.number();
    });
    in.space();
    return unchanged_since;
}

StoreRequest::Change take_change(Arguments& in) {
    if (in.take('+')) return StoreRequest::Change::add;
    if (in.take('-')) return StoreRequest::Change::remove;
    return StoreRequest::Change::replace;
}

}  // namespace

Result<StoreRequest> parse_store(const Command& command) {
    Arguments in{command};
    StoreRequest request;
    request.messages = in.messages();
    in.space();
    if (in.peek() == '(') request.unchanged_since = take_unchanged_since(in);
    request.change = take_change(in);
    const auto word = in.word();
    request.is_silent = word == "FLAGS.SILENT";
    if (!request.is_silent && word != "FLAGS") in.fail("FLAGS expected, not", word);
    in.space();
    request.flags = take_bare_flags(in);
    return in.finish(std::move(request));
}

}  // namespace mailpipe::imap

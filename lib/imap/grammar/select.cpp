// SPDX-License-Identifier: ISC
#include "imap/grammar/select.hpp"

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

NumberSet take_known(Arguments& in) {
    auto set = in.numbers();
    if (set.has_star()) in.fail("'*' is nothing that QRESYNC may know");
    return set;
}

/// seq-match-data: RFC 7162 section 3.2.5.
void take_match(Arguments& in, Resync& resync) {
    in.expect('(');
    resync.match_sequence = take_known(in);
    in.space();
    resync.match_uids = take_known(in);
    in.expect(')');
    if (resync.match_sequence.size() != resync.match_uids.size()) in.fail("QRESYNC has not as many UIDs as sequence numbers");
}

Resync take_resync(Arguments& in) {
    Resync resync;
    in.space();
    in.expect('(');
    resync.uid_validity = in.nz_number();
    in.space();
    resync.mod_seq = in.number();
    bool has_more = in.take(' ');
    if (has_more && is_digit(in.peek())) {
        resync.known_uids = take_known(in);
        has_more = in.take(' ');
    }
    if (has_more) take_match(in, resync);
    in.expect(')');
    return resync;
}

}  // namespace

Result<SelectRequest> parse_select(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    SelectRequest request;
    request.mailbox = in.mailbox();
    if (in.rest().starts_with(" (")) {
        in.space();
        in.list([&] {
            const auto word = in.word();
            if (word == "CONDSTORE") request.condstore = true;
            else if (word == "QRESYNC" && !request.resync) request.resync = take_resync(in);
            else in.fail("unknown or repeated parameter", word);
        });
    }
    return in.finish(std::move(request));
}

}  // namespace mailpipe::imap

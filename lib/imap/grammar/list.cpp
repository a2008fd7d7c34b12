// SPDX-License-Identifier: ISC
#include "imap/grammar/list.hpp"

namespace mailpipe::imap {

namespace {

void take_selection(Arguments& in, ListRequest& request) {
    const auto word = in.word();
    if (word == "SUBSCRIBED") request.only_subscribed = request.return_subscribed = true;
    else if (word == "SPECIAL-USE") request.only_special_use = true;
    else if (word == "RECURSIVEMATCH") request.recursive_match = true;
    else if (word != "REMOTE") in.fail("unknown selection option", word);
}

void take_return(Arguments& in, ListRequest& request) {
    const auto word = in.word();
    if (word == "SUBSCRIBED") {
        request.return_subscribed = true;
    } else if (word == "STATUS") {
        in.space();
        request.return_status = take_status_items(in);
    } else if (word != "SPECIAL-USE" && word != "CHILDREN") {
        in.fail("unknown return option", word);
    }
}

void take_patterns(Arguments& in, ListRequest& request) {
    if (in.peek() != '(') {
        request.patterns.push_back(in.pattern());
        return;
    }
    request.is_extended = true;
    in.list([&] {
        request.patterns.push_back(in.pattern());
        if (request.patterns.size() > max_list_patterns) in.fail("more patterns than anybody needs");
    });
}

}  // namespace

Result<ListRequest> parse_list(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    ListRequest request;
    if (in.peek() == '(') {
        request.is_extended = true;
        in.list_or_empty([&] { take_selection(in, request); });
        in.space();
    }
    if (request.recursive_match && !request.only_subscribed) in.fail("RECURSIVEMATCH needs SUBSCRIBED");
    request.reference = in.mailbox();
    in.space();
    take_patterns(in, request);
    if (!in.at_end() && in.take(' ') && in.take_word("RETURN")) {
        request.is_extended = true;
        in.space();
        in.list_or_empty([&] { take_return(in, request); });
    }
    return in.finish(std::move(request));
}

Result<ListRequest> parse_lsub(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    ListRequest request;
    request.only_subscribed = true;
    request.reference = in.mailbox();
    in.space();
    request.patterns.push_back(in.pattern());
    return in.finish(std::move(request));
}

}  // namespace mailpipe::imap

// SPDX-License-Identifier: ISC
#include "imap/grammar/search_return.hpp"

namespace mailpipe::imap {

namespace {

void take_update(Arguments& in, SearchReturn& wanted) {
    wanted.update = true;
    // modifier-update of RFC 5465 has no blank here; whoever wrote one meant the same.
    if (in.rest().starts_with(" (")) in.space();
    if (in.peek() == '(') wanted.update_items = take_fetch_items(in);
}

void take_partial_option(Arguments& in, SearchReturn& wanted) {
    in.space();
    if (wanted.partial) in.fail("PARTIAL comes twice");
    wanted.partial = take_partial_range(in);
}

void take_option(Arguments& in, SearchReturn& wanted) {
    const auto word = in.word();
    if (word == "MIN") wanted.min = true;
    else if (word == "MAX") wanted.max = true;
    else if (word == "ALL") wanted.all = true;
    else if (word == "COUNT") wanted.count = true;
    else if (word == "SAVE") wanted.save = true;
    else if (word == "CONTEXT") wanted.context = true;
    else if (word == "UPDATE") take_update(in, wanted);
    else if (word == "PARTIAL") take_partial_option(in, wanted);
    else in.fail("unknown return option", word);
}

}  // namespace

SearchReturn take_search_return(Arguments& in) {
    SearchReturn wanted;
    wanted.is_given = in.take_word("RETURN");
    if (wanted.is_given) {
        in.space();
        in.list_or_empty([&] { take_option(in, wanted); });
        in.space();
        if (wanted.all && wanted.partial) in.fail("ALL and PARTIAL exclude each other");
    }
    // RFC 4731 section 3.1: no option at all means ALL.
    if (wanted == SearchReturn{.is_given = wanted.is_given}) wanted.all = true;
    return wanted;
}

}  // namespace mailpipe::imap

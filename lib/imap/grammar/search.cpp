// SPDX-License-Identifier: ISC
#include "imap/grammar/search.hpp"

#include <algorithm>
#include <iterator>

#include "imap/grammar/search_program.hpp"
#include "imap/grammar/search_return.hpp"
#include "text/charset.hpp"

namespace mailpipe::imap {

namespace {

struct SortName {
    std::string_view name;
    SortKey key;
};
constexpr SortName sort_names[] = {
    {"ARRIVAL", SortKey::arrival}, {"CC", SortKey::cc}, {"DATE", SortKey::date}, {"FROM", SortKey::from}, {"SIZE", SortKey::size},
    {"SUBJECT", SortKey::subject}, {"TO", SortKey::to}, {"DISPLAYFROM", SortKey::display_from}, {"DISPLAYTO", SortKey::display_to},
};

/// charset 1*(SP search-key). With a charset that nobody knows the keys mean nothing, and are not read.
void take_criteria(Arguments& in, SearchRequest& request) {
    request.charset = in.astring();
    in.space();
    request.is_charset_known = in.failed() || text::is_known_charset(request.charset);
    if (request.is_charset_known) request.program = take_search_program(in, request.charset);
    else in.advance(in.rest().size());
}

/// search-program.
void take_program(Arguments& in, SearchRequest& request) {
    if (in.take_word("CHARSET")) {
        in.space();
        take_criteria(in, request);
    } else {
        request.program = take_search_program(in, {});
    }
}

void take_criterion(Arguments& in, std::vector<SortCriterion>& criteria) {
    const bool is_reverse = in.take_word("REVERSE");
    if (is_reverse) in.space();
    const auto word = in.word();
    const auto* name = std::ranges::find(sort_names, word, &SortName::name);
    if (name == std::end(sort_names)) return in.fail("unknown sort key", word);
    if (std::ranges::find(criteria, name->key, &SortCriterion::key) == criteria.end()) criteria.push_back({name->key, is_reverse});
}

ThreadRequest::Algorithm take_algorithm(Arguments& in) {
    const auto word = in.word();
    if (word == "ORDEREDSUBJECT") return ThreadRequest::Algorithm::ordered_subject;
    if (word == "REFS") return ThreadRequest::Algorithm::refs;
    if (word != "REFERENCES") in.fail("unknown algorithm", word);
    return ThreadRequest::Algorithm::references;
}

/// "IN" SP "(" source-mbox ")". No scope options are defined.
std::vector<MailboxFilter> take_sources(Arguments& in) {
    std::vector<MailboxFilter> sources;
    in.space();
    in.list([&] {
        if (in.peek() == '(') in.fail("unknown scope option", in.rest().substr(1));
        sources.push_back(take_mailbox_filter(in));
        if (sources.back().kind == MailboxFilter::Kind::selected_delayed) in.fail("SELECTED-DELAYED is for NOTIFY");
        if (sources.size() > max_filter_mailboxes) in.fail("more sources than anybody needs");
    });
    in.space();
    return sources;
}

}  // namespace

Result<SearchRequest> parse_search(const Command& command) {
    Arguments in{command};
    SearchRequest request;
    request.wanted = take_search_return(in);
    take_program(in, request);
    return in.finish(std::move(request));
}

Result<SortRequest> parse_sort(const Command& command) {
    Arguments in{command};
    SortRequest request;
    request.search.wanted = take_search_return(in);
    in.list([&] { take_criterion(in, request.criteria); });
    in.space();
    take_criteria(in, request.search);
    return in.finish(std::move(request));
}

Result<ThreadRequest> parse_thread(const Command& command) {
    Arguments in{command};
    ThreadRequest request;
    request.search.wanted.all = true;
    request.algorithm = take_algorithm(in);
    in.space();
    take_criteria(in, request.search);
    return in.finish(std::move(request));
}

Result<MultiSearchRequest> parse_multi_search(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    MultiSearchRequest request;
    if (in.take_word("IN")) request.sources = take_sources(in);
    request.search.wanted = take_search_return(in);
    take_program(in, request.search);
    return in.finish(std::move(request));
}

}  // namespace mailpipe::imap

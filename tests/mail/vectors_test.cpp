// SPDX-License-Identifier: ISC
// mail-parser's fields and isemail's addresses, read as they say. The tables tell where they are not, and why.
#include "support/vectors.hpp"

#include "mail/address_list.hpp"
#include "mail/date.hpp"
#include "mail/mailbox.hpp"
#include "mail/message_id.hpp"
#include "mail/phrase_list.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;
using nlohmann::json;

namespace {

/// Is it a Mailbox of RFC 5321, as isemail sees it? Comments, folding and RFC 5322's other forms are not.
bool is_mailbox(const std::string& category) {
    return category == "ISEMAIL_VALID_CATEGORY" || category == "ISEMAIL_DNSWARN" || category == "ISEMAIL_RFC5321";
}

const Departures mailbox_departures = {
    {"26", {"yes", "65 octets of local-part: RFC 5321 section 4.5.3.1 names what has to be taken at least"}},
    {"59", {"yes", "65 octets of local-part: RFC 5321 section 4.5.3.1"}},
    {"60", {"yes", "65 octets of local-part: RFC 5321 section 4.5.3.1"}},
    {"71", {"yes", "\"::\" for one group: RFC 4291 section 2.2 allows it, RFC 5321 section 4.1.3 asks for two at least"}},
};

const Departures list_of_one_departures = {
    {"30", {"yes", "a hyphen first: atext (RFC 5322 section 3.2.3)"}},
    {"31", {"yes", "a hyphen last: atext (RFC 5322 section 3.2.3)"}},
    {"102", {"yes", "a hyphen last: atext (RFC 5322 section 3.2.3)"}},
    {"160", {"yes", "UTF-8 behind a backslash: RFC 6532 section 3.2 makes it a VCHAR"}},
};

const Departures date_departures = {
    {"12", {"none", "seven numbers, no colon: no form of RFC 5322 section 3.3"}},
    {"28", {"none", "a whole Received field, which parse_received() reads"}},
};

const Departures address_departures = {
    {"8", {R"json({"List":[{"address":"pete@silly.test","name":"Pete"}]})json",
          "comments are no part of a name: RFC 5322 section 3.2.2"}},
    {"9", {R"json({"List":[{"address":"pete@silly.test","name":"Pete chap)"}]})json",
          "comments are no part of a name: RFC 5322 section 3.2.2; a backslash takes the line end with it, section 4.1"}},
    {"10", {R"json({"Group":[{"addresses":[{"address":"c@public.example","name":"Chris Jones"},{"address":"joe@example.org","name":null},{"address":"jdoe@one.test","name":"John"}],"name":"A Group"}]})json",
           "comments are no part of a name: RFC 5322 section 3.2.2, nor an address"}},
    {"11", {R"json({"Group":[{"addresses":[],"name":"Hidden recipients"}]})json",
           "comments are no part of a name: RFC 5322 section 3.2.2, nor an address"}},
    {"13", {R"json({"List":[{"address":"@node.test:mary@example.net","name":"Mary Smith"},{"address":"jdoe@test.example","name":null}]})json",
           "blanks beside a dot are none of the domain: RFC 5322 section 4.4"}},
    {"14", {R"json({"List":[{"address":"jdoe@machine.example","name":"John Doe"}]})json",
           "comments are no part of a name: RFC 5322 section 3.2.2, blanks none of the domain, section 4.4"}},
    {"22", {R"json({"List":[{"address":"nsb@thumper.bellcore.com","name":"Nathaniel Borenstein"}]})json",
           "comments are no part of a name: RFC 5322 section 3.2.2"}},
    {"56", {R"json({"List":[{"address":"a@b.com","name":"Name Doe"}]})json",
           "comments are no part of a name: RFC 5322 section 3.2.2"}},
};

const Departures id_departures = {
    {"6", {R"json(["1234@local.machine.example"])json",
          "blanks and comments are none of it: RFC 5322 section 4.5.4"}},
};

const Departures unstructured_departures = {
    {"2", {"Fwd: \tSaying  Hello",
          "a fold leaves its blanks: RFC 5322 section 2.2.3"}},
    {"3", {"FWD:  Saying Hello",
          "a fold leaves its blanks: RFC 5322 section 2.2.3"}},
    {"4", {"from x.y.test      by example.net      via TCP      with ESMTP      id ABC12345      for <mary@example.net>;  21 Nov 1997 10:05:43 -0600",
          "a fold leaves its blanks: RFC 5322 section 2.2.3"}},
    {"19", {"let's = try =?iso-8859-1? to break =? the  parser",
           "a fold leaves its blanks: RFC 5322 section 2.2.3"}},
    {"21", {"[SUSPECTED SPAM]This is the original subject",
           "no blank stands there: RFC 2047 section 5 asks the writer for one"}},
    {"22", {"Some text here",
           "no blank stands there: RFC 2047 section 5 asks the writer for one"}},
    {"27", {"[SUSPECTED SPAM]This is the original subject",
           "no blank stands there: RFC 2047 section 5 asks the writer for one"}},
    {"28", {"[SUSPECTED SPAM]This is the original subject",
           "no blank stands there: RFC 2047 section 5 asks the writer for one"}},
};

/// Parts as they stand, nothing quoted: mail-parser does not.
json shown(const mail::Address& address) {
    auto spec = address.route.empty() ? "" : address.route + ":";
    spec += address.local_part;
    if (!address.domain.empty()) spec += '@' + address.domain;
    const auto name = mail::decoded_name(address.name);
    return {{"name", name.empty() ? json{} : json(name)}, {"address", spec.empty() ? json{} : json(spec)}};
}

/// One list where there are no groups, as mail-parser has it.
json shown(const mail::AddressList& list) {
    auto groups = json::array();
    for (const auto& group : list.groups) {
        auto members = json::array();
        for (const auto& member : group.members) members.push_back(shown(member));
        groups.push_back({{"name", group.name ? json(mail::decoded_name(*group.name)) : json{}}, {"addresses", members}});
    }
    if (groups.size() == 1 && groups[0]["name"].is_null()) return {{"List", groups[0]["addresses"]}};
    return {{"Group", groups}};
}

}  // namespace

TEST_CASE("isemail's addresses are mailboxes or not as it says", "[mail][vectors][addr-isemail]") {
    for (const auto& test : vectors("addr-isemail/tests.jsonl")) {
        const auto address = test.at("address").get<std::string>();
        check_vector(test.at("id"), mail::parse_mailbox(address) ? "yes" : "no", is_mailbox(test.at("category")) ? "yes" : "no",
                     mailbox_departures);
    }
}

TEST_CASE("isemail's addresses are lists of one address or not as it says", "[mail][vectors][addr-isemail]") {
    for (const auto& test : vectors("addr-isemail/tests.jsonl")) {
        const auto list = mail::parse_address_list(test.at("address").get<std::string>());
        const bool is_one = list.is_valid && list.groups.size() == 1 && list.groups[0].members.size() == 1;
        check_vector(test.at("id"), is_one ? "yes" : "no", test.at("category") == "ISEMAIL_ERR" ? "no" : "yes",
                     list_of_one_departures);
    }
}

TEST_CASE("mail-parser's dates are read as it says", "[mail][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/date.json")) {
        const auto date = mail::parse_date(field_value(test));
        const auto& expected = test.at("expected");
        check_vector(std::to_string(i++), date ? std::to_string(unix_seconds(*date)) : "none",
                     expected.is_null() ? "none" : unix_time(expected), date_departures);
    }
}

TEST_CASE("mail-parser's addresses are read as it says", "[mail][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/address.json")) {
        const auto list = shown(mail::parse_address_list(field_value(test)));
        check_vector(std::to_string(i++), list.dump(), test.at("expected").dump(), address_departures);
    }
}

TEST_CASE("mail-parser's message identifiers are read as it says", "[mail][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/id.json")) {
        const auto ids = mail::parse_message_ids(field_value(test));
        check_vector(std::to_string(i++), ids.empty() ? "null" : json(ids).dump(), test.at("expected").dump(), id_departures);
    }
}

TEST_CASE("mail-parser's lists are read as it says", "[mail][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/list.json")) {
        check_vector(std::to_string(i++), json(mail::parse_phrase_list(field_value(test))).dump(), test.at("expected").dump(), {});
    }
}

TEST_CASE("mail-parser's unstructured fields are read as it says", "[mail][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/unstructured.json")) {
        check_vector(std::to_string(i++), text::decode_words(field_value(test)), test.at("expected"), unstructured_departures);
    }
}

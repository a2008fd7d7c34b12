// SPDX-License-Identifier: ISC
#include "imap/grammar/notify.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::Event;
using imap::NotifyRequest;
using imap::Utf8;
using Kind = imap::MailboxFilter::Kind;

TEST_CASE("NOTIFY sets groups of mailboxes and events", "[imap][rfc5465-3.1][rfc5465-8]") {
    struct Case { std::string_view line; NotifyRequest request; };
    const std::vector<Event> messages{Event::message_new, Event::message_expunge};
    const auto c = GENERATE_COPY(values<Case>({
        {"a NOTIFY NONE", {true, false, {}, {}}},
        {"a NOTIFY SET (selected NONE)", {false, false, {{{Kind::selected, {}}, {}, {}}}, {}}},
        {"a notify set status (SELECTED-DELAYED (messagenew (uid BODY.PEEK[HEADER.FIELDS (From)]) messageexpunge))",
         {false, true, {{{Kind::selected_delayed, {}}, messages,
                         {{imap::FetchItem::Kind::uid}, {imap::FetchItem::Kind::body_section, true, {"", imap::Section::Text::header_fields, {"From"}}, {}}}}}, {}}},
        {"a NOTIFY SET (inboxes (MessageNew MessageExpunge)) (personal (MailboxName SubscriptionChange))",
         {false, false, {{{Kind::inboxes, {}}, messages, {}}, {{Kind::personal, {}}, {Event::mailbox_name, Event::subscription_change}, {}}}, {}}},
        {"a NOTIFY SET (mailboxes (inbox \"a b\") (MailboxMetadataChange ServerMetadataChange)) (subtree x (MailboxName)) (subscribed (MailboxName))",
         {false, false, {{{Kind::mailboxes, {"INBOX", "a b"}}, {Event::mailbox_metadata_change, Event::server_metadata_change}, {}},
                         {{Kind::subtree, {"x"}}, {Event::mailbox_name}, {}}, {{Kind::subscribed, {}}, {Event::mailbox_name}, {}}}, {}}},
        {"a NOTIFY SET (personal (MessageNew MessageExpunge FlagChange AnnotationChange))",
         {false, false, {{{Kind::personal, {}}, {Event::message_new, Event::message_expunge, Event::flag_change, Event::annotation_change}, {}}}, {}}},
        {"a NOTIFY SET (personal (MailboxName Foo))", {false, false, {{{Kind::personal, {}}, {Event::mailbox_name}, {}}}, {"Foo"}}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_notify(command(c.line), Utf8::off).value() == c.request);
}

TEST_CASE("What NOTIFY may not be is BAD", "[imap][rfc5465-5]") {
    const auto line = GENERATE(values<std::string_view>({
        "a NOTIFY", "a NOTIFY SET", "a NOTIFY FOO", "a NOTIFY NONE x", "a NOTIFY SET (foo NONE)", "a NOTIFY SET (personal)", "a NOTIFY SET (personal ())",
        "a NOTIFY SET (personal (MessageNew))", "a NOTIFY SET (personal (MessageExpunge))", "a NOTIFY SET (personal (FlagChange))",
        "a NOTIFY SET (selected (MailboxName))", "a NOTIFY SET (personal (MessageNew (UID) MessageExpunge))",
        "a NOTIFY SET (selected NONE) (selected-delayed NONE)", "a NOTIFY SET (subtree-one x NONE)", "a NOTIFY SET (mailboxes () NONE)",
        "a NOTIFY SET (selected (MessageNew () MessageExpunge))", "a NOTIFY SET (personal NONE",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_notify(command(line), Utf8::off));
}

TEST_CASE("Events have names", "[imap][rfc5465-8]") { CHECK(imap::name_of(Event::mailbox_metadata_change) == "MailboxMetadataChange"); }

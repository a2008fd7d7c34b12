// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <set>

#include "mta/operator/reply_meaning.hpp"

using namespace mailpipe;
using Catch::Matchers::Contains;

namespace {

struct Case {
    int code;
    std::string_view enhanced;
    std::string_view text;
    std::string_view cause, remedy;  // what they have in them
};

void check(const Case& c, std::string_view site = {}) {
    CAPTURE(c.code, c.enhanced, c.text);
    const auto meaning = mta::reply_meaning(c.code, c.enhanced, c.text, site);
    CHECK_THAT(std::string{meaning.cause}, Contains(std::string{c.cause}));
    CHECK_THAT(std::string{meaning.remedy}, Contains(std::string{c.remedy}));
}

}  // namespace

TEST_CASE("What Google says is put in plain words", "[mta]") {
    check(GENERATE(values<Case>({
        {421, "4.7.28", "gmail-smtp-in.l.google.com[192.0.2.1]:25: Our system has detected an unusual rate of unsolicited mail "
                        "originating from your IP address. - gsmtp", "this host's address", "schedule"},
        {421, "4.7.28", "unsolicited mail containing one of your URL domains. - gsmtp", "links", "link"},
        {421, "4.7.28", "unsolicited mail originating from your DKIM domain [example.org]. - gsmtp", "sender's domain", ""},
        {550, "5.7.25", "The IP address sending this message does not have a PTR record setup. - gsmtp", "no PTR record", "PTR"},
        {550, "5.7.26", "Your email has been blocked because the sender is unauthenticated. - gsmtp", "SPF or DKIM", "DKIM"},
        {550, "5.7.27", "SPF did not pass. - gsmtp", "SPF does not name this host", "SPF record"},
        {550, "5.7.30", "DKIM = did not pass. - gsmtp", "no DKIM signature", "Sign"},
        {550, "5.7.29", "The message was sent over a connection without TLS - gsmtp", "only over TLS", "STARTTLS"},
        {421, "4.7.0", "Try again later: TLS required - gsmtp", "asks for TLS", "STARTTLS"},
        {421, "4.7.32", "Your From header isn't aligned - gsmtp", "domain in From", "DKIM"},
        {421, "4.7.0", "very low reputation of the sending IP address. - gsmtp", "for spam", "postmaster.google.com"},
        {452, "4.2.2", "The recipient's inbox is out of storage space. - gsmtp", "storage at Google is full", "make room"},
        {550, "5.2.2", "over quota - gsmtp", "storage at Google is full", "make room"},
        {550, "5.1.1", "The email account that you tried to reach does not exist. - gsmtp", "no such mailbox at Google", "Correct"},
        {450, "4.2.1", "receiving mail at a rate that prevents - gsmtp", "more mail at a time", "Nothing"},
        {550, "5.2.1", "The email account that you tried to reach is inactive. - gsmtp", "disabled", "Correct"},
    })));
}

TEST_CASE("What Microsoft says is put in plain words", "[mta]") {
    check(GENERATE(values<Case>({
        {550, "5.7.515", "Access denied, sending domain example.org does not meet the required authentication level. outlook.com",
         "SPF, DKIM and DMARC", "Publish"},
        {550, "5.7.1", "Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of "
                       "their network is on our block list (S3140). [x.protection.outlook.com]", "own block list", "removal"},
        {550, "5.7.1", "on our block list (S3150). x.protection.outlook.com", "own block list", "removal"},
        {550, "5.7.606", "Access denied, banned sending IP [192.0.2.1]. outlook.com", "own block list", "sender.office.com"},
        {550, "5.7.511", "Access denied, see delist@microsoft.com", "own block list", "sender.office.com"},
        {451, "4.7.650", "rate limited due to IP reputation (S775) [x.outlook.com]", "reputation", "schedule"},
        {451, "4.7.500", "Server busy. Please try again later from [192.0.2.1]. (S77714) [x.outlook.com]", "knows little of", "bursts"},
        {550, "5.4.1", "Recipient address rejected: Access denied. [x.prod.protection.outlook.com]", "no such address", "Correct"},
        {451, "4.4.1", "x.mail.protection.outlook.com[192.0.2.1]:25: connect: Connection refused", "Nothing listens", "mxlookup"},
    })));
}

TEST_CASE("What Yahoo and Apple say is put in plain words", "[mta]") {
    check(GENERATE(values<Case>({
        {421, "4.7.0", "[TSS04] Messages temporarily deferred due to unexpected volume or user complaints", "puts mail", "schedule"},
        {421, "4.7.0", "[TS01] Messages from 192.0.2.1 temporarily deferred due to user complaints", "puts mail", "schedule"},
        {553, "5.7.2", "[TSS09] All messages from 192.0.2.1 will be permanently deferred", "takes no mail", "senders.yahooinc.com"},
        {421, "4.7.1", "[TS03] All messages from 192.0.2.1 will be permanently deferred", "takes no mail", "senders.yahooinc.com"},
        {451, "", "mta7.am0.yahoodns.net[192.0.2.1]:25 to MAIL: Message temporarily deferred - [GL01]", "does not know", "tried again"},
        {554, "5.7.9", "Message not accepted for policy reasons. See https://senders.yahooinc.com", "not authenticated", "SPF"},
        {554, "", "mta7.am0.yahoodns.net[192.0.2.1]:25: This user doesn't have a yahoo.com account", "no such mailbox", "Correct"},
        {550, "5.7.1", "[CS01] Message rejected due to local policy. https://support.apple.com/en-us/HT204137", "Apple", "icloudadmin"},
    })));
}

TEST_CASE("What anybody says is put in plain words", "[mta]") {
    check(GENERATE(values<Case>({
        {450, "4.2.0", "<bob@example.net>: Recipient address rejected: Greylisted", "wait", "later try"},
        {554, "5.7.1", "Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "Spamhaus", "check.spamhaus.org"},
        {554, "5.7.1", "blocked using zen.spamhaus.org; Error: open resolver", "through a resolver", "postmaster"},
        {554, "5.7.1", "Client host blocked using bl.spamcop.net", "SpamCop", "a day"},
        {554, "5.7.1", "listed at dnsbl.example", "a block list", "names the list"},
        {451, "4.4.1", "mx.example[192.0.2.1]:25: connect: Connection refused", "Nothing listens", "port 25"},
        {451, "4.4.1", "mx.example[192.0.2.1]:25: timed out", "could not be reached", "port 25"},
        {451, "4.4.2", "mx.example[192.0.2.1]:25 at mail data: timed out", "did not answer in time", "Wait"},
        {451, "4.4.3", "example.net: SERVFAIL", "DNS gave no answer", "resolver"},
        {451, "4.7.5", "mx.example[192.0.2.1]:25: certificate: has expired", "certificate does not prove", "postmaster"},
        {451, "4.7.5", "mx.example[192.0.2.1]:25 at STARTTLS: 454 4.7.0 not now", "TLS with the host failed", "route"},
        {451, "4.7.10", "mx.example[192.0.2.1]:25: TLS is needed here, and was not offered", "did not offer it", "route"},
        {550, "5.7.10", "the message requires TLS (REQUIRETLS), and no DNSSEC says which hosts are the right ones", "made up", "route"},
        {550, "5.7.30", "REQUIRETLS needed", "REQUIRETLS", "Tell the sender"},
        {550, "5.6.7", "the next host does not offer SMTPUTF8", "UTF-8", "ASCII"},
        {552, "5.3.4", "too big for the next host", "larger", "parts"},
        {550, "5.7.1", "no", "from this sender or host", "postmaster"},
        {554, "5.7.1", "<bob@example.net>: Relay access denied", "does not take mail for the domain", "mxlookup"},
        {550, "5.1.1", "User unknown", "no such mailbox", "Correct"},
        {556, "5.1.10", "null MX", "takes no mail", "Correct"},
        {550, "", "No such user here", "no such mailbox", "Correct"},
        {452, "4.2.2", "mailbox is full", "mailbox is full", "make room"},
        {554, "5.4.6", "mail loop", "loop", "aliases"},
    })));
}

TEST_CASE("The name of the site tells whose words they are when the text does not", "[mta]") {
    const Case c{421, "4.7.28", "try later", "Gmail", "schedule"};
    check(c, "gmail-smtp-in.l.google.com");
    check({421, "4.7.28", "try later", "They get too much mail", ""}, "mx.example.org");
}

TEST_CASE("An unknown code has the meaning of its subject and class", "[mta][rfc3463-3]") {
    check(GENERATE(values<Case>({
        {550, "5.1.99", "x", "address is wrong", ""},
        {450, "4.1.99", "x", "for now", "tried again"},
        {450, "4.2.99", "x", "takes nothing just now", ""},
        {550, "5.2.99", "x", "does not take the message", ""},
        {451, "4.3.99", "x", "not able to do it just now", ""},
        {554, "5.3.99", "x", "does not take such a message", ""},
        {451, "4.4.99", "x", "network or the way", ""},
        {554, "5.4.99", "x", "No way leads", ""},
        {554, "5.5.99", "x", "did not understand", ""},
        {554, "5.6.99", "x", "in the form", ""},
        {451, "4.7.99", "x", "off for a reason of their policy", ""},
        {554, "5.7.99", "x", "refuse the message for a reason of their policy", ""},
        {451, "", "x", "put the message off, and do not say why", ""},
        {450, "4.0.0", "x", "put the message off, and do not say why", ""},
        {554, "", "", "refuse the message, and do not say why", ""},
        {554, "5.9.9", "x", "refuse the message, and do not say why", ""},
        {421, "nonsense", "\xff\x01", "put the message off, and do not say why", ""},
    })));
}

TEST_CASE("Every row of the table can be read, and is there once", "[mta]") {
    std::set<std::string> seen;
    for (const auto& row : mta::meaning_table()) {
        CAPTURE(row.details, row.words);
        CHECK_FALSE(row.meaning.cause.empty());
        CHECK(row.meaning.cause.ends_with('.'));
        CHECK(row.meaning.remedy.ends_with('.'));
        for (const char c : row.words) CHECK((c < 'A' || c > 'Z'));  // texts are compared in lower case
        const auto key = std::to_string(static_cast<int>(row.provider)) + '/' + std::string{row.details} + '/' + std::string{row.words};
        CHECK(seen.insert(key).second);
    }
    CHECK(mta::meaning_table().back().details.empty());
}

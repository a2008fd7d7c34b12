// SPDX-License-Identifier: ISC
// The rows of reply_meaning(): what is more special comes first, the classes of RFC 3463 last.
#include "mta/operator/reply_meaning.hpp"

namespace mailpipe::mta {

namespace {

using enum Provider;

constexpr std::string_view slow_down =
    "Leave the queue to its schedule, and find out who sends so much: a broken-in account, a script, a list that nobody asked for.";
constexpr std::string_view wait = "Nothing needs to be done: it is tried again.";
constexpr std::string_view fix_address = "Correct the address, or tell its sender.";
constexpr std::string_view authenticate =
    "Publish SPF for the domain of the envelope's sender, sign with DKIM for the domain in From, publish DMARC; then --retry.";
constexpr std::string_view reverse_dns =
    "Have whoever runs the network set a PTR record for the address that mail leaves from, to a name that has this address; IPv6 has "
    "to have one, too.";
constexpr std::string_view postmaster_there = "Ask the recipient, by other means, to have their postmaster look into it.";
constexpr std::string_view their_dns = "Nothing that can be done here, but telling the domain's postmaster; mxlookup DOMAIN shows it.";

constexpr MeaningRow rows[] = {
    // Google: support.google.com/a/answer/3726730
    {google, "7.28", "url domain",
     {"Gmail gets too much unsolicited mail that links to a web site which this mail links to.",
      "See who sends mail with that link; leave the queue to its schedule."}},
    {google, "7.28", "spf domain|dkim domain|sending domain", {"Gmail gets too much unsolicited mail of the sender's domain.", slow_down}},
    {google, "7.28", "", {"Gmail gets too much mail from this host's address that people do not want, and slows it down.", slow_down}},
    {google, "7.25", "", {"This host's address has no PTR record, or its name does not lead back to the address.", reverse_dns}},
    {google, "7.26", "",
     {"Gmail takes mail only when SPF or DKIM says who sent it, and DMARC where the From domain has it.", authenticate}},
    {google, "7.27", "",
     {"SPF does not name this host for the domain of the envelope's sender.",
      "Add this host's addresses, IPv4 and IPv6, to the SPF record of that domain; for forwarded mail, rewrite the sender."}},
    {google, "7.30", "", {"There is no DKIM signature that holds.", "Sign with DKIM, and publish the key."}},
    {google, "7.29", "",
     {"Gmail takes mail from senders like this one only over TLS.",
      "See that TLS to Gmail is not turned off by a route, and that nothing on the way removes STARTTLS."}},
    {google, "7.0", "tls",
     {"Gmail asks for TLS.", "See that TLS to Gmail is not turned off by a route, and that nothing on the way removes STARTTLS."}},
    {google, "7.32", "",
     {"The domain in From is not the one that SPF or DKIM vouches for.",
      "Sign with DKIM for the domain in From, or use a sender of that domain."}},
    {google, "7.40", "", {"The domain in From has no DMARC record.", "Publish one: v=DMARC1; p=none will do."}},
    {google, "7.23|7.24", "",
     {"The SPF record of the sender's domain is broken or does not allow this host.", "Correct the SPF record of that domain."}},
    {google, "7.0|7.1", "reputation|rate limited|unsolicited|likely",
     {"Gmail takes this mail, or what comes from this address or domain, for spam.",
      "Look at postmaster.google.com for the domain; authenticate (SPF, DKIM, DMARC), and stop what is unwanted."}},
    {google, "7.0", "blocked because its content|security issue|viruses",
     {"Gmail takes the attachment for dangerous: a program, or an archive with one or with a password.", "Send the file in another way."}},
    {google, "4.2.1|2.6|2.8", "", {"The mailbox gets more mail at a time than Gmail lets it.", wait}},
    {google, "2.2|2.3", "",
     {"The recipient's storage at Google is full.",
      "Only the recipient can make room."}},
    {google, "1.1|5.2.1", "", {"There is no such mailbox at Google, or it has been disabled.", fix_address}},

    // Microsoft: outlook.com and Microsoft 365
    {microsoft, "7.515", "", {"Microsoft takes mail of domains that send much only with SPF, DKIM and DMARC in order.", authenticate}},
    {microsoft, "", "s3140|s3150|block list (s3|sc-001|banned sending ip|banned sender",
     {"This host's address, or its network, is on Microsoft's own block list.",
      "Ask for removal at sender.office.com (Microsoft 365) or at olcsupport.office.com (outlook.com, hotmail.com); see SNDS for why."}},
    {microsoft, "7.606|7.607|7.608|7.609|7.610|7.611|7.612|7.613|7.511", "",
     {"This host's address is on Microsoft's own block list.",
      "Ask for removal at sender.office.com, or as the reply says; see SNDS for why."}},
    {microsoft, "7.650|7.651|7.652", "", {"Microsoft slows this host's address down because of its reputation.", slow_down}},
    {microsoft, "7.500", "",
     {"Microsoft slows down an address that it knows little of, or that sends more than before.",
      "Leave the queue to its schedule: it goes over as the address gets known. Do not send in bursts."}},
    {microsoft, "7.708", "",
     {"Microsoft takes nothing from this address: new tenants and their relays are treated so.",
      "Ask Microsoft's support for the release of the address."}},
    {microsoft, "5.4.1", "", {"There is no such address in that organisation, or it takes no mail from outside.", fix_address}},
    {microsoft, "1.10|1.1", "", {"There is no such mailbox at Microsoft.", fix_address}},
    {microsoft, "7.509|7.23|7.26", "", {"The sender's domain asks, by DMARC or SPF, to refuse such mail.", authenticate}},
    {microsoft, "7.64|7.57|7.367", "", {"The organisation takes mail only through another host, or from known ones.", postmaster_there}},
    {microsoft, "7.124|7.133|7.134", "", {"The recipient, or a group, takes mail only from chosen senders.", postmaster_there}},
    {microsoft, "3.2|3.3", "", {"Microsoft has too many connections or messages from here at a time.", wait}},
    {microsoft, "4.62", "", {"The mail came to the wrong region of Microsoft 365: their MX record is of old.", their_dns}},

    // Yahoo and AOL: senders.yahooinc.com/smtp-error-codes
    {yahoo, "", "[tss09]|[ts03]|permanently deferred",
     {"Yahoo takes no mail from this address, because of what it has sent.",
      "Stop what is unwanted, then ask at senders.yahooinc.com/contact."}},
    {yahoo, "", "[tss|[ts0|user complaints|unexpected volume",
     {"Yahoo puts mail of this address off: more than usual comes from it, or its users complain.", slow_down}},
    {yahoo, "", "[gl01]|[gl0", {"Yahoo lets a sender that it does not know wait.", wait}},
    {yahoo, "7.9", "",
     {"Yahoo refuses the mail: it is not authenticated (SPF, DKIM, DMARC), or its content or sender is not wanted.", authenticate}},
    {yahoo, "", "doesn't have a|mailbox is disabled|mailbox unavailable|no such user",
     {"There is no such mailbox at Yahoo, or not any more.", fix_address}},

    {apple, "", "[cs01]|[hm07]|[hm08]|local policy",
     {"Apple takes this mail, or what comes from this address, for spam.",
      "Authenticate (SPF, DKIM, DMARC); then ask icloudadmin@apple.com with the reply."}},

    // What we say ourselves: host_session.cpp, site plans, local delivery
    {any, "4.1", "refused",
     {"Nothing listens on that host's port 25, or a firewall answers for it.",
      "Wait; mxlookup DOMAIN shows which hosts there are. If all hosts everywhere refuse, the network here blocks port 25."}},
    {any, "4.1|4.2", "timed out|time-out|timeout|took too long|unreachable",
     {"The host could not be reached, or did not answer in time.",
      "Wait. If all hosts everywhere are so, the network here blocks port 25 going out, or has no way for IPv6."}},
    {any, "4.3", "",
     {"The DNS gave no answer about the domain: its name servers, or the resolver here, fail.",
      "Wait; mxlookup DOMAIN shows what is wrong. If it is so for all domains, look after the resolver."}},
    {any, "7.5", "certificate|tlsa|verif",
     {"The host's certificate does not prove what DANE or the configuration asks for.",
      "Wait for its postmaster to mend it; mxlookup DOMAIN shows what it has to prove. A route with tls= can ask for less."}},
    {any, "7.5", "",
     {"TLS with the host failed, and mail does not go there without it.",
      "Wait for its postmaster to mend it; mxlookup DOMAIN shows why TLS has to be. A route with tls= can ask for less."}},
    {any, "7.10", "requiretls",
     {"The sender asked for REQUIRETLS, and without DNSSEC anybody could have made up the domain's hosts.",
      "Tell the sender: without REQUIRETLS it may go. A route to a host by its name makes it sure."}},
    {any, "7.10", "",
     {"TLS is needed for this domain, and the host did not offer it: a fault there, or an attack on the way.",
      "Wait; mxlookup DOMAIN shows what asks for TLS. A route with tls= can ask for less."}},
    {any, "7.30", "",
     {"The sender asked for REQUIRETLS, and a host on the way can't promise it.", "Tell the sender: without REQUIRETLS it may go."}},
    {any, "6.7|6.9", "",
     {"An address or the header is in UTF-8, and the host does not offer SMTPUTF8.", "Use an address in ASCII, if the recipient has one."}},
    {any, "6.3", "", {"The message has 8-bit octets, and the host takes ASCII only.", "Send it with quoted-printable or base64."}},
    {any, "4.6", "",
     {"The message goes round in a loop, or the domain's mail leads back to this host.",
      "Look at aliases, forwards and domains here; mxlookup DOMAIN shows where its mail goes."}},
    {any, "4.7", "", {"It was tried for the whole of the queue's lifetime.", "The reply behind it says what was in the way at last."}},

    // Block lists, by name
    {any, "", "open resolver|public resolver|query limit|excessive queries",
     {"Their server asks a block list through a resolver that the list does not answer, and takes that for a listing.", postmaster_there}},
    {any, "", "spamhaus",
     {"This host's address or a domain is on a list of Spamhaus.",
      "See check.spamhaus.org for why, mend that, and ask for removal there; for the PBL, send through your provider."}},
    {any, "", "spamcop",
     {"This host's address is on SpamCop's list.", "It goes by itself a day after the last report; see spamcop.net/bl.shtml."}},
    {any, "", "barracudacentral",
     {"This host's address is on Barracuda's list.", "Ask for removal at barracudacentral.org/rbl/removal-request."}},
    {any, "", "uceprotect",
     {"This host's address, or all of its provider's network, is on a list of UCEPROTECT.",
      "Level 1 goes by itself after a week; for levels 2 and 3 the provider is meant: ask the recipient's postmaster not to use them."}},
    {any, "", "ipcheck.proofpoint", {"This host's address is on Proofpoint's list.", "Ask for removal at ipcheck.proofpoint.com."}},
    {any, "", "csi.cloudmark", {"This host's address is on Cloudmark's list.", "Ask for removal at csi.cloudmark.com/en/reset."}},
    {any, "", "abusix", {"This host's address is on a list of Abusix.", "See lookup.abusix.com."}},
    {any, "", "dnsbl|rbl|blacklist|blocklist|block list|blocked using|listed at|listed in",
     {"This host's address or a domain is on a block list.",
      "The reply names the list: see its page for why, mend that, and ask for removal there."}},

    // What many servers say
    {any, "", "greylist|graylist|grey-list|gray-list|greylisted|try again in",
     {"The server lets a sender that it does not know wait.",
      "Nothing needs to be done: a later try from the same address goes through."}},
    {any, "7.25", "", {"This host's address has no PTR record, or its name does not lead back to the address.", reverse_dns}},
    {any, "", "reverse dns|ptr record|rdns|reverse hostname|client host rejected: cannot find your|reverse lookup",
     {"This host's address has no PTR record, or one that they do not like.", reverse_dns}},
    {any, "", "helo command rejected|invalid helo|helo name|ehlo name|helo domain|need fully-qualified hostname",
     {"They do not like the name that this host gives itself.",
      "Set hostname to a name that has this host's address, the same as the PTR record's."}},
    {any, "7.23|7.24", "",
     {"SPF does not allow this host to send for the domain of the envelope's sender.",
      "Correct the SPF record; for forwarded mail, rewrite the sender."}},
    {any, "7.20|7.21|7.22", "",
     {"There is no DKIM signature that holds, or not by the author's domain.", "Sign with DKIM; do not change mail after it was signed."}},
    {any, "7.26", "", {"Neither SPF nor DKIM vouch for the sender.", authenticate}},
    {any, "7.27|1.8|1.7", "",
     {"The sender's address is one that can get no mail: its domain does not exist, or has a null MX.",
      "Correct the sender's address in the program that sends."}},
    {any, "7.28", "", {"They get too much mail from here.", slow_down}},
    {any, "7.29", "", {"They could not verify the ARC seals of hosts that forwarded the mail.", postmaster_there}},
    {any, "7.8|7.9|7.0", "authentic|credentials|login|password",
     {"The next host wants a login, or does not know the one that it got.", "Correct the login of the route."}},
    {any, "7.1", "relay",
     {"That host does not take mail for the domain: the domain's MX record points to a host that does not know it.", their_dns}},
    {any, "7.1|7.0", "spam|content|reputation|policy|unsolicited|score",
     {"Their filter takes the message, or its sender, for spam.",
      "Authenticate (SPF, DKIM, DMARC); look at what was sent; ask their postmaster."}},
    {any, "7.1", "", {"They refuse mail from this sender or host to that recipient.", postmaster_there}},
    {any, "1.1|1.6|1.3", "", {"There is no such mailbox.", fix_address}},
    {any, "1.10", "", {"The domain says that it takes no mail (null MX, RFC 7505).", fix_address}},
    {any, "1.2", "", {"The domain does not exist, or has no host that takes mail.", fix_address}},
    {any, "2.1", "", {"The mailbox is disabled, or takes no mail.", fix_address}},
    {any, "2.2", "",
     {"The recipient's mailbox is full.", "Only the recipient can make room."}},
    {any, "2.3|3.4", "",
     {"The message is larger than they take.", "Send it in parts, or the file in another way; mxlookup and EHLO tell the limit."}},
    {any, "4.3.1|5.3.1", "", {"Their disk is full.", wait}},
    {any, "3.2", "", {"The server is shutting down, or takes no mail just now.", wait}},
    {any, "3.5", "", {"Something is wrongly configured, here or there; the reply says what.", "Mend it here, or ask their postmaster."}},
    {any, "5.3", "", {"It was for more recipients than they take at a time.", wait}},
    {any, "5.", "",
     {"The two hosts did not understand each other.", "Look at the dialogue in the reply; a firewall between them may change SMTP."}},
    {any, "", "no such user|user unknown|unknown user|does not exist|no mailbox|mailbox not found|"
     "invalid recipient|unknown recipient|mailbox unavailable",
     {"There is no such mailbox.", fix_address}},
    {any, "", "over quota|mailbox is full|mailbox full|quota exceeded|insufficient storage",
     {"The recipient's mailbox is full.", "Only the recipient can make room."}},
    {any, "", "too many|rate limit|throttl|slow down|too fast", {"They take no more from here for the moment.", slow_down}},
    {any, "", "spam",
     {"Their filter takes the message, or its sender, for spam.", "Authenticate (SPF, DKIM, DMARC); look at what was sent."}},

    // By subject, RFC 3463 section 3, and by class
    {any, "4.1.", "", {"Something about the address is not right, for now.", wait}},
    {any, "1.", "", {"The address is wrong, or not one that gets mail.", fix_address}},
    {any, "4.2.", "", {"The mailbox takes nothing just now.", wait}},
    {any, "2.", "", {"The mailbox does not take the message.", postmaster_there}},
    {any, "4.3.", "",
     {"The mail system there, or here, is not able to do it just now.",
      "Wait; where the reply is of this host, look at its log and disk."}},
    {any, "3.", "", {"The mail system there does not take such a message.", postmaster_there}},
    {any, "4.4.", "", {"The network or the way to the host fails.", "Wait; mxlookup DOMAIN shows the hosts."}},
    {any, "4.", "", {"No way leads to the recipient's host.", "mxlookup DOMAIN shows what the DNS says."}},
    {any, "6.", "",
     {"They can't take the message in the form that it has.", "Send it in another form: plain text, without what the reply names."}},
    {any, "4.7.", "",
     {"They put the message off for a reason of their policy.",
      "Wait; if it stays so, authenticate (SPF, DKIM, DMARC) and see whether this host's address has a PTR record and is on no block "
      "list."}},
    {any, "7.", "",
     {"They refuse the message for a reason of their policy.",
      "Authenticate (SPF, DKIM, DMARC), see whether this host's address has a PTR record and is on no block list; ask their postmaster."}},
    {any, "4.0.0", "", {"They put the message off, and do not say why in a way that programs understand.", wait}},
    {any, "", "", {"They refuse the message, and do not say why in a way that programs understand.", postmaster_there}},
};

}  // namespace

std::span<const MeaningRow> meaning_table() { return rows; }

}  // namespace mailpipe::mta

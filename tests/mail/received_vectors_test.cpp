// SPDX-License-Identifier: ISC
// mail-parser's Received fields, read as it says. The table tells where they are not, and why.
#include "support/vectors.hpp"

#include "base/ascii.hpp"
#include "mail/received_trace.hpp"

using namespace mailpipe;
using nlohmann::json;

namespace {

const Departures departures = {
    {"6", {"from=172.25.197.120 ip=172.25.197.120 iprev=pcale.tana ident=uXDGrn@SYT0/k by=wmail.tana.it with=ESMTPSA id=00000000005DC0D6.0000000064EC6711.00003756 version=TLSv1_3 cipher=ECDHE_RSA_AES_128_GCM_SHA256 date=1693214481 ",
          "a user's name may hold a slash: an atom of RFC 5322 section 3.2.3"}},
    {"13", {"from=ca-ex-bridge1.nai.com by=scwsout1.nai.com date=1044641892 ",
           "the day of the month is no year: asctime's year stands last"}},
    {"28", {"ip=10.225.209.19 by=ecelerity-va-1 with=SMTP id=EE/20-30863-33CE1054 date=1157753907 ",
           "a slash belongs to the id: an atom of RFC 5321 section 4.4"}},
    {"29", {"ip=127.0.0.1 by=bm1-21.ed10.com id=8B/57-16227-3764EB44 for=example@vandinter.org date=1153320563 ",
           "a slash belongs to the id: an atom of RFC 5321 section 4.4"}},
    {"30", {"ip=192.168.1.151 helo=dev1.democracyinaction.org by=m12.prod.democracyinaction.com with=ESMTP id=52/92-02454-89FBA054 for=example@vandinter.org date=1158332312 ",
           "a slash belongs to the id: an atom of RFC 5321 section 4.4"}},
    {"39", {"from=eclectic.kluge.net ip=66.92.69.221 ident=W9VcNxE2vKxgWHD05PJbLzIHSxcmZQ/O by=sc8-sf-list1.sourceforge.net with=ESMTP id=18m0hT-00031I-00 for=spamassassin-talk@lists.sourceforge.net version=TLSv1_0 cipher=DES-CBC3-SHA date=1045785960 ",
           "a slash belongs to it: RFC 5322 section 3.2.3"}},
    {"64", {"from=postfix3-2.free.fr ip=213.228.0.169 ident=foobar@213.228.0.169 helo=machine.domain.com by=totor.bouissou.net with=SMTP date=1068797150 ",
           "the address behind the '@' is TCP-info of RFC 5321 section 4.4"}},
    {"65", {"from=unknown ip=216.254.40.70 ident=jdavid helo=terpsichore.farfalle.com by=mail13.speakeasy.net with=SMTP for=jm@jmason.org date=1045074199 ",
           "the envelope's sender is not who logged in: RFC 5321 section 4.4 knows no such clause"}},
    {"67", {"from=193.220.176.134 by=web40310.mail.yahoo.com via=HTTP date=1045088541 ",
           "PST is -0800: RFC 5322 section 4.3"}},
    {"86", {"from=adsl-207-213-27-129.dsl.lsan03.pacbell.net ip=207.213.27.129 ident=Owner50@207.213.27.129 helo=merlin.net.au by=totor.bouissou.net with=SMTP date=1068445834 ",
           "the address behind the '@' is TCP-info of RFC 5321 section 4.4"}},
    {"87", {"from=x1-6-00-04-bd-d2-e0-a3.k317.webspeed.dk ip=80.167.158.170 ident=benelli@80.167.158.170 by=totor.bouissou.net with=SMTP date=1068074322 ",
           "the address behind the '@' is TCP-info of RFC 5321 section 4.4"}},
    {"89", {"from=snake.corp.yahoo.com ip=216.145.52.229 by=x.x.org via=smap id=xma093673 date=1048733004 ",
           "two digits of a year: RFC 5322 section 4.3"}},
    {"90", {"from=smtp.greyware.com ip=208.14.208.51 helo=smtp.sff.net by=x.x.org via=smap id=xma002908 date=1077920216 ",
           "two digits of a year: RFC 5322 section 4.3"}},
    {"97", {"from=customer254-217.iplannetworks.net ip=200.69.254.217 ident=baldusi@200.69.254.217 helo=AGAMENON by=smtp.mail.vip.sc5.yahoo.com with=SMTP date=1047416608 ",
           "the address behind the '@' is TCP-info of RFC 5321 section 4.4"}},
    {"116", {"from=mtsbp606.email-info.net ip=64.253.199.166 ident=?dXqpg3b0hiH9faI2OxLT94P/YKDD3rQ1?@64.253.199.166 by=kde.informatik.uni-kl.de with=SMTP date=1051715189 ",
            "the address behind the '@' is TCP-info of RFC 5321 section 4.4, and slashes are atoms of it"}},
    {"117", {"from=TCE-E-7-182-54.bta.net.cn ip=202.106.182.54 by=st.tahina.priv.at via=SMTP id=smtpdEDUB8h date=1131893412 ",
            "asctime's year stands last"}},
    {"118", {"from=pl027.nas934.d-osaka.nttpc.ne.jp ip=61.197.82.27 by=st.tahina.priv.at via=SMTP id=smtpd1PBsZT date=1131896332 ",
            "asctime's year stands last"}},
    {"119", {"from=itrqtnlnq ip=93.124.107.183 ident=lucilleskinner@93.124.107.183 by=smtp111.mail.ne1.yahoo.com with=SMTP date=1295281407 ",
            "the address behind the '@' is TCP-info of RFC 5321 section 4.4"}},
    {"123", {"from=qmail-scanner-general-admin@lists.sourceforge.net by=alpha ",
            "the first of two clauses counts: RFC 5321 section 4.4 has one By-domain"}},
    {"125", {"from=Unknown/Local by=mailcity.com date=1042817009 ",
            "a slash belongs to the name: RFC 5322 section 3.6.7 takes any word"}},
    {"128", {"from=olgisoft.com ip=127.0.0.1 by=127.0.0.1 for=asrg@ietf.org date=1048151203 ",
            "two digits of a year: RFC 5322 section 4.3"}},
    {"138", {"from=testintranator.net.vm by=testintranator.net.vm with=LMTPA ",
            "an underscore before the date: no form of RFC 5322 section 3.3"}},
    {"144", {"from=MjA3NDc4Mg by=ismtpd0001p1lon1.sendgrid.net with=HTTP id=aqHKNX2kSp-HiqspAa-uvw for=email@e.example.com date=1585814035 ",
            "a fraction of a second takes none of the seconds away"}},
    {"151", {"ident=4124973-137966-3089@be2.maropost.com helo=maropost.com by=643852-mailer2 with=ESMTP date=1536950216 ",
            "asctime's year stands last"}},
    {"163", {"from=vashugins@juno.com by=m06.lax.untd.com id=LRVB3JAJ date=1149261321 ",
            "PDT is -0700: RFC 5322 section 4.3"}},
    {"165", {"date=1045169968 ",
            "how qmail was called is no From-domain of RFC 5321 section 4.4"}},
    {"171", {"by=oak.ein.cz id=DABBD1BED3 date=1045141341 ",
            "whose process it was is no From-domain of RFC 5321 section 4.4"}},
};

/// mail-parser knows these alone, and calls others by their name.
std::string protocol(const std::string& with) {
    static const std::map<std::string, std::string> names = {
        {"smtp", "SMTP"}, {"smtpsvc", "SMTP"}, {"bsmtp", "SMTP"}, {"local-bsmtp", "SMTP"}, {"esmtp", "ESMTP"},
        {"local-esmtp", "ESMTP"}, {"esmtps", "ESMTPS"}, {"local-esmtps", "ESMTPS"}, {"esmtp-tls", "ESMTPS"},
        {"esmtpa", "ESMTPA"}, {"esmtpsa", "ESMTPSA"}, {"lmtp", "LMTP"}, {"lmtpa", "LMTPA"}, {"http", "HTTP"},
        {"httprest", "HTTP"}, {"imap", "IMAP"}, {"pop3", "POP3"}, {"local", "Local"}};
    const auto name = names.find(lower(with));
    return name == names.end() ? "" : name->second;
}

std::string lines(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!value.empty()) text.append(name).append("=").append(value).append(" ");
    }
    return text;
}

std::string shown(const mail::ReceivedTrace& trace) {
    auto version = trace.tls_version;
    for (auto& c : version) c = c == '.' ? '_' : c;
    return lines({{"from", trace.from}, {"ip", trace.ip}, {"iprev", trace.reverse_name}, {"ident", trace.ident},
                  {"helo", trace.helo}, {"by", trace.by},
                  {"via", trace.via}, {"with", protocol(trace.with)}, {"id", trace.id}, {"for", trace.recipient},
                  {"version", version}, {"cipher", trace.tls_cipher},
                  {"date", trace.date ? std::to_string(unix_seconds(*trace.date)) : ""}});
}

/// {"Name": ...}, {"IpAddr": ...}, a string, or nothing.
std::string text(const json& expected, const char* key) {
    const auto value = expected.value(key, json{});
    if (value.is_object()) return value.begin()->get<std::string>();
    return value.is_string() ? value.get<std::string>() : "";
}

std::string shown(const json& expected) {
    const auto date = expected.value("date", json{});
    return lines({{"from", text(expected, "from")}, {"ip", text(expected, "from_ip")}, {"iprev", text(expected, "from_iprev")},
                  {"ident", text(expected, "ident")}, {"helo", text(expected, "helo")},
                  {"by", text(expected, "by")}, {"via", text(expected, "via")}, {"with", text(expected, "with")},
                  {"id", text(expected, "id")}, {"for", text(expected, "for_")}, {"version", text(expected, "tls_version")},
                  {"cipher", text(expected, "tls_cipher")}, {"date", date.is_null() ? "" : unix_time(date)}});
}

}  // namespace

TEST_CASE("mail-parser's Received fields are read as it says", "[mail][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/received.json")) {
        check_vector(std::to_string(i++), shown(mail::parse_received(field_value(test))), shown(test.at("expected")), departures);
    }
}

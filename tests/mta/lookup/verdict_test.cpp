// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "mta/lookup/verdict.hpp"
#include "text/base64.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

dns::Answer texts(std::vector<std::string> values) {
    dns::Answer answer;
    answer.status = values.empty() ? dns::Status::no_data : dns::Status::found;
    answer.texts = std::move(values);
    return answer;
}

std::string told(const Verdict& verdict) { return std::string(to_string(verdict.grade)) + ": " + verdict.words; }

std::string key_of(std::size_t octets) { return text::base64_encode(std::string(octets, 'k')); }

}  // namespace

TEST_CASE("SPF is judged by how it ends", "[lookup][rfc7208]") {
    struct Case { std::vector<std::string> records; std::string verdict; };
    const auto c = GENERATE(values<Case>({
        {{}, "note: none: it does not say who may send in its name"},
        {{"v=spf10 -all", "other"}, "note: none: it does not say who may send in its name"},
        {{"v=spf1 mx -all"}, "good: who is not listed is refused"},
        {{"V=SPF1 MX -ALL"}, "good: who is not listed is refused"},
        {{"v=spf1 -all"}, "good: nobody sends in its name"},
        {{"v=spf1 ip4:192.0.2.0/24 ~all"}, "good: who is not listed is suspect, not refused (~all)"},
        {{"v=spf1 a ?all"}, "note: of who is not listed nothing is said (?all)"},
        {{"v=spf1 a all"}, "bad: everybody may send in its name (+all)"},
        {{"v=spf1 +all -all"}, "bad: everybody may send in its name (+all)"},
        {{"v=spf1 redirect=_spf.example.net"}, "note: it is as _spf.example.net says (redirect)"},
        {{"v=spf1 exp=explain.example -all"}, "good: nobody sends in its name"},
        {{"v=spf1"}, "note: of who is not listed nothing is said (no all)"},
        {{"v=spf1 mx include -all ipv4:192.0.2.1"}, "bad: 'ipv4:192.0.2.1' is no mechanism: the whole record counts as wrong"},
        {{"v=spf1 a a a a a a a a a a -all"}, "good: who is not listed is refused"},
        {{"v=spf1 a a a a a a a a a a mx -all"}, "bad: more than 10 lookups: it counts as wrong (RFC 7208 section 4.6.4)"},
        {{"v=spf1 -all", "v=spf1 mx -all"}, "bad: 2 records where one may be: none of them counts"},
    }));
    const auto verdict = judge_spf("example.org", texts(c.records));
    CHECK(told(verdict) == c.verdict);
    CHECK(verdict.record == (c.records.size() == 1 ? c.records[0] : ""));
}

TEST_CASE("DMARC is judged by its policy", "[lookup][rfc7489]") {
    struct Case { std::string owner; std::vector<std::string> records; std::string verdict; };
    const auto c = GENERATE(values<Case>({
        {"a.example", {}, "note: none: nobody is told what to do with forged mail"},
        {"a.example", {"v=DMARC1; p=reject; rua=mailto:d@a.example"}, "good: forged mail is to be refused"},
        {"a.example", {"v=DMARC1; p=Quarantine"}, "good: forged mail is to be put aside, and nobody gets reports"},
        {"a.example", {"v=DMARC1; p=none; rua=mailto:d@a.example", "spf"}, "note: forged mail is to be let in (p=none)"},
        {"a.example", {"v=DMARC1; rua=mailto:d@a.example"}, "bad: it has no policy (p=reject, quarantine or none)"},
        {"a.example", {"v=DMARC1; p=none", "v=DMARC1; p=none"}, "bad: 2 records where one may be: none of them counts"},
        {"example", {"v=DMARC1; p=reject; sp=none; rua=mailto:d@example"}, "note: forged mail is to be let in (p=none) (as example says)"},
        {"example", {"v=DMARC1; p=reject; rua=mailto:d@example"}, "good: forged mail is to be refused (as example says)"},
    }));
    CHECK(told(judge_dmarc("a.example", c.owner, texts(c.records))) == c.verdict);
    CHECK(has_dmarc(texts(c.records)) == !c.records.empty());
}

TEST_CASE("DKIM keys are judged by type and length", "[lookup][rfc6376-3.6.1][rfc8301-3.2]") {
    struct Case { std::vector<std::string> records; std::string verdict; };
    const auto c = GENERATE(values<Case>({
        {{}, "bad: there is no key"},
        {{"v=DKIM1; p=" + key_of(294)}, "good: an RSA key of 2048 bits or more"},
        {{"k=rsa; t=y; p=" + key_of(294)}, "note: an RSA key of 2048 bits or more, only being tried (t=y)"},
        {{"p=" + key_of(222)}, "note: an RSA key of less than 2048 bits (RFC 8301 section 3.2)"},
        {{"p=" + key_of(162)}, "note: an RSA key of less than 2048 bits (RFC 8301 section 3.2)"},
        {{"p=" + key_of(126)}, "bad: an RSA key of less than 1024 bits, which verifiers ignore (RFC 8301 section 3.2)"},
        {{"k=ed25519; p=" + key_of(32)}, "good: an Ed25519 key"},
        {{"k=ed25519; p=" + key_of(33)}, "bad: an Ed25519 key has 32 octets, this one has not (RFC 8463 section 4)"},
        {{"k=dsa; p=" + key_of(32)}, "bad: nobody knows keys of type dsa"},
        {{"v=DKIM1; p="}, "note: the key has been revoked"},
        {{"v=DKIM1; p=!"}, "bad: the key is not Base64"},
        {{"v=DKIM2; p=" + key_of(294)}, "bad: its version is not DKIM1"},
    }));
    CHECK(told(judge_dkim("s._domainkey.example.org", texts(c.records))) == c.verdict);
}

TEST_CASE("MTA-STS and TLSRPT are judged by what they must have", "[lookup][rfc8461-3.1][rfc8460-3]") {
    CHECK(told(judge_mta_sts("a.example", texts({}))) == "note: none: senders need not use TLS");
    CHECK(told(judge_mta_sts("a.example", texts({"v=STSv1; id=20260101T000000;"}))) ==
          "good: there is a policy at https://mta-sts.a.example/.well-known/mta-sts.txt (not fetched)");
    CHECK(judge_mta_sts("a.example", texts({"v=STSv1; id=" + std::string(32, 'a')})).grade == Grade::good);
    CHECK(told(judge_mta_sts("a.example", texts({"v=STSv1; id=" + std::string(33, 'a')}))) ==
          "bad: its id is not 1 to 32 letters and digits");
    CHECK(judge_mta_sts("a.example", texts({"v=STSv1"})).grade == Grade::bad);
    CHECK(told(judge_tls_rpt("a.example", texts({}))) == "note: none: nobody tells it when TLS fails");
    CHECK(told(judge_tls_rpt("a.example", texts({"v=TLSRPTv1; rua=mailto:t@a.example"}))) == "good: reports go to mailto:t@a.example");
    CHECK(told(judge_tls_rpt("a.example", texts({"v=TLSRPTv1; rua=ftp://a.example"}))) ==
          "bad: it does not say where reports go (rua=mailto: or https:)");
}

TEST_CASE("TLSA counts when all of it is validated", "[lookup][rfc7672-3]") {
    const dns::Tlsa usable{3, 1, 1, std::string(32, 'x')};
    struct Case { std::vector<dns::Tlsa> records; bool authentic; DaneBasis basis; std::string verdict; };
    const auto c = GENERATE_COPY(values<Case>({
        {{}, true, {true, true}, "note: none: no DANE"},
        {{usable}, true, {true, true}, "good: DANE, with 1 usable record"},
        {{usable, {2, 0, 2, std::string(64, 'x')}, {3, 0, 0, "certificate"}, {1, 1, 1, std::string(32, 'x')}}, true, {true, true},
         "good: DANE, with 3 usable records"},
        {{usable}, false, {true, true}, "bad: the records are not validated by DNSSEC here: they count for nothing"},
        {{usable}, true, {true, false}, "bad: the host's addresses are not validated: its records count for nothing"},
        {{usable}, true, {false, true}, "note: the MX that names it is not validated: not all senders use its records"},
        {{{1, 1, 1, std::string(32, 'x')}, {3, 1, 1, std::string(31, 'x')}, {3, 2, 1, std::string(32, 'x')}, {3, 1, 3, "x"}}, true,
         {true, true},
         "bad: no record is of a kind for mail (usage 2 or 3; RFC 7672 section 3.1)"},
    }));
    dns::Answer answer;
    answer.status = c.records.empty() ? dns::Status::no_such_name : dns::Status::found;
    answer.is_authentic = c.authentic;
    answer.tlsa = c.records;
    CHECK(told(judge_tlsa("mx.example.org", answer, c.basis)) == c.verdict);
}

TEST_CASE("An address should have a name that leads back", "[lookup]") {
    dns::Answer answer;
    answer.status = dns::Status::no_such_name;
    CHECK(told(judge_ptr("192.0.2.1", answer, {}, "")) == "note: it has no name: others may refuse what it sends");
    answer.status = dns::Status::found;
    answer.hosts = {"a.example", "b.example"};
    CHECK(told(judge_ptr("192.0.2.1", answer, {"b.example"}, "SERVFAIL")) == "good: b.example, which leads back");
    CHECK(told(judge_ptr("192.0.2.1", answer, {}, "")) == "bad: a.example, which does not lead back");
    CHECK(told(judge_ptr("192.0.2.1", answer, {}, "SERVFAIL")) == "unknown: cannot be looked up now: SERVFAIL");
}

TEST_CASE("What is not known now is no verdict", "[lookup]") {
    const auto failed = dns::failed_answer("example.org", "timed out");
    for (const auto& verdict : {judge_spf("a", failed), judge_dmarc("a", "a", failed), judge_dkim("a", failed), judge_mta_sts("a", failed),
                                judge_tls_rpt("a", failed), judge_tlsa("a", failed, {true, true}), judge_ptr("a", failed, {}, "")}) {
        CAPTURE(verdict.check);
        CHECK(verdict.grade == Grade::unknown);
        CHECK(verdict.words.starts_with("cannot be looked up now: timed out"));
    }
}

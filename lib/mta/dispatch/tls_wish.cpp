// SPDX-License-Identifier: ISC
#include "mta/dispatch/tls_wish.hpp"

#include <utility>

#include "mail/header.hpp"
#include "mail/tls_required.hpp"

namespace mailpipe::mta {

namespace {

SitePlan demand_tls(SitePlan plan) {
    for (auto& planned : plan.hosts) {
        auto& host = planned.host;
        if (host.security < Security::verified) {
            host.security = Security::verified;
            planned.why = "the message has REQUIRETLS";
        }
        if (host.expectation.names.empty()) host.expectation.names.push_back(host.name);
    }
    plan.needs_requiretls = true;
    plan.key += "\nrequiretls";
    return plan;
}

SitePlan waive_tls(SitePlan plan) {
    for (auto& planned : plan.hosts) {
        if (planned.host.security <= Security::opportunistic) continue;
        planned.host.security = Security::opportunistic;
        planned.why = "the message has TLS-Required: No";
    }
    plan.key += "\ntls-required: no";
    return plan;
}

}  // namespace

TlsWish tls_wish(queue::Message& message) {
    const auto& envelope = message.envelope();
    if (envelope.require_tls) return envelope.sender ? TlsWish::required : TlsWish::none;
    const auto header = message.header(mail::HeaderReader::max_octets);
    return header && mail::says_tls_is_not_required(*header) ? TlsWish::waived : TlsWish::none;
}

TlsFit fit_of(TlsWish wish, const DomainTerms& terms, bool is_lmtp) {
    if (is_lmtp || wish == TlsWish::none) return TlsFit::as_planned;
    if (wish == TlsWish::required) return terms.is_sure ? TlsFit::proven : TlsFit::refused;
    return terms.is_fixed ? TlsFit::as_planned : TlsFit::no_policy;
}

SitePlan fitted(SitePlan plan, TlsFit fit) {
    if (fit == TlsFit::proven) return demand_tls(std::move(plan));
    if (fit == TlsFit::no_policy) return waive_tls(std::move(plan));
    return plan;
}

const smtp::Reply& unsure_hosts() {
    static const smtp::Reply reply{550, "5.7.10",
                                   "the message requires TLS (REQUIRETLS), and no DNSSEC says which hosts are the right ones"};
    return reply;
}

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// What a message asks of TLS (RFC 8689), beside what its domains and routes do, and what that makes of the way it goes.
#pragma once

#include "mta/remote/site_plan.hpp"
#include "queue/message.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

enum class TlsWish {
    none,
    required,  ///< REQUIRETLS: it must not be read on its way
    waived,    ///< TLS-Required: No: it had better be read than lost
};

/// A report with REQUIRETLS wishes for nothing: it is sent as safely as it can be, but not lost for that (RFC 8689 section 5).
TlsWish tls_wish(queue::Message& message);

/// How a wish changes the way of a domain's mail.
enum class TlsFit {
    as_planned,
    proven,     ///< hosts have to prove who they are, and to offer REQUIRETLS (RFC 8689 section 4.2.1)
    no_policy,  ///< no policy is in its way (RFC 8689 section 3)
    refused,    ///< unsure_hosts()
};
TlsFit fit_of(TlsWish wish, const DomainTerms& terms, bool is_lmtp);

/// The plan changed by that; one of its own as to SitePlan::key. Precondition: not refused.
SitePlan fitted(SitePlan plan, TlsFit fit);

/// 5.7.10, permanent: who could have made up the hosts could read the message.
const smtp::Reply& unsure_hosts();

}  // namespace mailpipe::mta

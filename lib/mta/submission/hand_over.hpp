// SPDX-License-Identifier: ISC
// A message on its way from sendmail to the queue: through smtpd, which listens on a Unix socket, or straight into the spool
// where that may be written to.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "mail/envelope.hpp"
#include "mta/submission/gathered_text.hpp"
#include "mta/submission/submitted_header.hpp"

namespace mailpipe::mta {

struct Submission {
    mail::Envelope envelope;  ///< with at least one recipient
    const SubmittedHeader& header;
    const GatheredText& text;
};

struct SubmissionSite {
    std::string hostname;
    std::string socket;  ///< path; empty: there is none
    std::string spool;   ///< path
};

/// Returns when the message is durable for all of its recipients. smtpd is asked first; the spool is for those who own it, and
/// for root, who becomes its owner for good, where smtpd is not to be reached or goes before it has heard any text.
/// Errors: nobody gets the message; only where smtpd went after that, or a sync failed, it may be delivered all the same. 75 for
/// all that may go better another time, 67 for a recipient whom nobody knows, 77 for one who may not be sent to, else 65.
Result<void> hand_over(const Submission& submission, const SubmissionSite& site);

/// A connection to whoever listens at that path. Errors: transient.
Result<Fd> connect_to_server(const std::string& path);

/// The spool is there, and ours: of root, where somebody else owns it; else of its owner.
bool may_write_spool(const std::string& path);

}  // namespace mailpipe::mta

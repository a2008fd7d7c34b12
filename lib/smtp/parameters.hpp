// SPDX-License-Identifier: ISC
// The parameters of MAIL and RCPT: esmtp-param of RFC 5321 section 4.1.2, and what each extension says of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "mail/envelope.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::smtp {

/// MAIL's. BODY (RFC 6152) and AUTH (RFC 4954 section 5) are checked and forgotten: octets are kept as they come, and
/// nobody is trusted to name another submitter.
struct MailParameters {
    std::uint64_t size = 0;  ///< RFC 1870
    mail::Return dsn_return = mail::Return::unspecified;
    std::string envelope_id{};
    bool smtputf8 = false;     ///< RFC 6531
    bool require_tls = false;  ///< RFC 8689
    std::string xid{};
};

/// RCPT's: RFC 3461 sections 4.1 and 4.2.
struct RcptParameters {
    mail::Notify notify{};
    std::string original{};
};

/// Which extensions were offered, where that is not always the same.
struct Offered {
    bool extensions = true;  ///< EHLO or LHLO, not HELO
    bool auth = false;
    bool xid = false;
    bool require_tls = false;
};

/// Refusals: 501 5.5.4 for what is wrong in a value or comes twice, 555 5.5.4 for keywords that were not offered.
tl::expected<MailParameters, Reply> parse_mail_parameters(std::string_view text, const Offered& offered);
tl::expected<RcptParameters, Reply> parse_rcpt_parameters(std::string_view text, const Offered& offered);

/// size-value = 1*20DIGIT (RFC 1870 section 3), in octets. More than 64 bits is an error, never a wrap-around.
Result<std::uint64_t> parse_size(std::string_view value);
/// addr-type ";" xtext, up to 500 octets (RFC 3461 section 4.2), with UTF-8 where the type is utf-8 (RFC 6533 section 3).
Result<void> check_original_recipient(std::string_view value);
/// xtext of printable ASCII, up to 100 octets (RFC 3461 section 4.4).
Result<void> check_envelope_id(std::string_view value);

}  // namespace mailpipe::smtp

// SPDX-License-Identifier: ISC
// Lists of tags, as DKIM, DMARC, MTA-STS and TLSRPT records have them: "v=DMARC1; p=none" (RFC 6376 section 3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::mta {

/// The value of the first tag of that name, without blanks around it. Names are compared as they are.
std::optional<std::string> tag_value(std::string_view list, std::string_view name);

/// It begins with "v=" and that version, as records of such a kind have to.
bool has_version(std::string_view list, std::string_view version);

}  // namespace mailpipe::mta

// SPDX-License-Identifier: ISC
// One function a verb, each in the file of its name; the small ones are in verbs.cpp. The table is in session.cpp.
#pragma once

#include <string_view>

#include "smtp/session.hpp"

namespace mailpipe::smtp::verbs {

Result<void> ehlo(Session& session, std::string_view arguments);
Result<void> helo(Session& session, std::string_view arguments);
Result<void> starttls(Session& session, std::string_view arguments);
Result<void> auth(Session& session, std::string_view arguments);
Result<void> mail(Session& session, std::string_view arguments);
Result<void> rcpt(Session& session, std::string_view arguments);
Result<void> data(Session& session, std::string_view arguments);
Result<void> bdat(Session& session, std::string_view arguments);
Result<void> rset(Session& session, std::string_view arguments);
Result<void> vrfy(Session& session, std::string_view arguments);
Result<void> expn(Session& session, std::string_view arguments);
Result<void> help(Session& session, std::string_view arguments);
Result<void> noop(Session& session, std::string_view arguments);
Result<void> quit(Session& session, std::string_view arguments);
Result<void> http(Session& session, std::string_view arguments);

}  // namespace mailpipe::smtp::verbs

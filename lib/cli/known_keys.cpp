// SPDX-License-Identifier: ISC
#include "cli/known_keys.hpp"

#include <algorithm>

namespace mailpipe::cli {

namespace {
// tests/lint checks that each is a flag of some tool, and described in mailpipe.conf(5).
constexpr std::string_view site_keys[] = {
    "aliases",  "domains", "hostname", "log",   "maildir",           "networks",      "postmaster", "quota",
    "resolver", "route",   "spool",    "submission-socket", "tag-separator", "tls-cert", "tls-key", "tls-trust", "users",
    "virtual-domains",
};
constexpr std::string_view tools[] = {"deliver", "imapd", "mimecat", "mxlookup", "pop3d", "sendmail", "sendq", "smtpd"};
}  // namespace

bool is_site_key(std::string_view key) { return std::ranges::find(site_keys, key) != std::end(site_keys); }

bool is_tool(std::string_view section) { return std::ranges::find(tools, section) != std::end(tools); }

}  // namespace mailpipe::cli

// SPDX-License-Identifier: ISC
#include "mxlookup_options.hpp"

#include <fmt/format.h>

namespace mailpipe::tools {

namespace {

constexpr std::string_view connect_options[] = {"--port", "--connect-timeout", "--hostname", "--tls-trust"};

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

Result<void> check_connect(const LookupFlags& f) {
    constexpr unsigned most_domains = 20, last_port = 65535;  // strangers are not connected to in bulk
    if (f.quiet || f.unordered) return failure(usage("--connect goes with neither --quiet nor --unordered"));
    if (f.names.empty() || f.names.size() > most_domains) return failure(usage("--connect takes 1 to 20 domains as arguments"));
    if (f.port < 1 || f.port > last_port) return failure(usage("--port is 1 to 65535"));
    return {};
}

}  // namespace

void declare(cli::Command& command, LookupFlags& f) {
    command.arguments("domain", f.names, "domains or addresses in them; none: a line each on standard input");
    command.flag("--json", f.json, "print an object for each domain");
    command.flag("-q,--quiet", f.quiet, "print the hosts only");
    command.flag("-u,--unordered", f.unordered, "print what is known first");
    command.flag("--check", f.check, "judge the rest of the mail set-up");
    command.option("--selectors", f.selectors, "NAME,...", "with --check: of DKIM keys");
    command.option("--in-flight", f.in_flight, "N", "questions on the wire at the same time, 1 to 4096");
    command.option("--rate", f.rate, "N", "questions in a second at most; 0: no limit");
    command.timeout("--timeout", f.timeout, "how long to wait for an answer in one try");
    command.option("--tries", f.tries, "N", "how often a silent server is asked, 1 to 10");
    command.flag("--connect", f.connect, "talk to each host up to where mail would begin, and send none");
    command.option("--port", f.port, "N", "with --connect: of the hosts");
    command.timeout("--connect-timeout", f.patience, "with --connect: how long to wait for a connection, and for each reply");
    declare_resolver(command, f.site);
    declare_hostname(command, f.site);
    declare_tls_trust(command, f.site);
}

Result<void> check(const LookupFlags& f, const std::function<bool(std::string_view)>& is_typed) {
    constexpr unsigned most_in_flight = 4096, most_tries = 10;
    if (f.json && f.quiet) return failure(usage("one of --json and --quiet at a time"));
    if (f.check && f.quiet) return failure(usage("one of --check and --quiet at a time"));
    if (!f.check && is_typed("--selectors")) return failure(usage("--selectors goes with --check"));
    for (const auto option : connect_options) {
        if (!f.connect && is_typed(option)) return failure(usage(fmt::format("{} goes with --connect", option)));
    }
    if (f.in_flight < 1 || f.in_flight > most_in_flight) return failure(usage("--in-flight is 1 to 4096"));
    if (f.tries < 1 || f.tries > most_tries) return failure(usage("--tries is 1 to 10"));
    return f.connect ? check_connect(f) : Result<void>{};
}

}  // namespace mailpipe::tools

// SPDX-License-Identifier: ISC
// mxlookup - tell where a domain's mail goes. Manual: mxlookup(1).
#include <unistd.h>

#include <string>
#include <vector>

#include "base/privileges.hpp"
#include "cli/command.hpp"
#include "dns/cares_resolver.hpp"
#include "dns/name.hpp"
#include "mta/lookup/lookup_console.hpp"
#include "mta/lookup/lookup_run.hpp"
#include "site.hpp"
#include "tls/client_context.hpp"

using namespace mailpipe;

namespace {

struct Options {
    tools::Site site;
    std::vector<std::string> names, selectors;
    bool json = false, quiet = false, unordered = false, check = false, connect = false;
    unsigned in_flight = 256, rate = 0, tries = 3, port = 25;
    std::chrono::seconds timeout{4}, patience{30};
};

void declare(cli::Command& command, Options& o) {
    command.arguments("domain", o.names, "domains or addresses in them; none: a line each on standard input");
    command.flag("--json", o.json, "print an object for each domain");
    command.flag("-q,--quiet", o.quiet, "print the hosts only");
    command.flag("-u,--unordered", o.unordered, "print what is known first");
    command.flag("--check", o.check, "judge the rest of the mail set-up");
    command.option("--selectors", o.selectors, "NAME,...", "with --check: of DKIM keys");
    command.option("--in-flight", o.in_flight, "N", "questions on the wire at the same time, 1 to 4096");
    command.option("--rate", o.rate, "N", "questions in a second at most; 0: no limit");
    command.timeout("--timeout", o.timeout, "how long to wait for an answer in one try");
    command.option("--tries", o.tries, "N", "how often a silent server is asked, 1 to 10");
    command.flag("--connect", o.connect, "talk to each host up to where mail would begin, and send none");
    command.option("--port", o.port, "N", "with --connect: of the hosts");
    command.timeout("--connect-timeout", o.patience, "with --connect: how long to wait for a connection, and for each reply");
    tools::declare_resolver(command, o.site);
    tools::declare_hostname(command, o.site);
    tools::declare_tls_trust(command, o.site);
}

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

Result<void> check_connect(const Options& o) {
    constexpr unsigned most_domains = 20, last_port = 65535;  // strangers are not connected to in bulk
    if (o.quiet || o.unordered) return failure(usage("--connect goes with neither --quiet nor --unordered"));
    if (o.names.empty() || o.names.size() > most_domains) return failure(usage("--connect takes 1 to 20 domains as arguments"));
    if (o.port < 1 || o.port > last_port) return failure(usage("--port is 1 to 65535"));
    return {};
}

Result<void> check(const Options& o) {
    constexpr unsigned most_in_flight = 4096, most_tries = 10;
    if (o.json && o.quiet) return failure(usage("one of --json and --quiet at a time"));
    if (o.check && o.quiet) return failure(usage("one of --check and --quiet at a time"));
    if (!o.check && !o.selectors.empty()) return failure(usage("--selectors goes with --check"));
    if (o.in_flight < 1 || o.in_flight > most_in_flight) return failure(usage("--in-flight is 1 to 4096"));
    if (o.tries < 1 || o.tries > most_tries) return failure(usage("--tries is 1 to 10"));
    return o.connect ? check_connect(o) : Result<void>{};
}

Result<std::vector<std::string>> ascii_names(const std::vector<std::string>& texts) {
    std::vector<std::string> names;
    for (const auto& text : texts) {
        auto name = dns::to_ascii_name(text);
        if (!name) return failure(usage("--selectors: " + name.error().what));
        names.push_back(std::move(*name));
    }
    return names;
}

/// What comes from strangers is not read as root.
Result<void> become_less() {
    if (drop_privileges("mailpipe")) return {};
    return drop_privileges("nobody");
}

Result<void> look_up(const Options& o, const mta::LookupOptions& options) {
    const auto servers = dns::parse_servers(o.site.resolver);
    if (!servers) return failure(servers.error());
    const auto resolver = dns::CaresResolver::open({*servers, o.timeout, o.tries, o.in_flight, o.rate});
    if (!resolver) return failure(resolver.error());
    mta::LookupConsole console;
    auto source = o.names.empty() ? mta::SubjectSource{STDIN_FILENO} : mta::SubjectSource{o.names};
    const auto summary = mta::look_up(**resolver, (*resolver)->file(), source, options, console.outputs());
    return summary ? summary->outcome() : failure(summary.error());
}

Result<void> run(const Options& o) {
    if (auto r = check(o); !r) return r;
    auto selectors = ascii_names(o.selectors);
    if (!selectors) return failure(std::move(selectors).error());
    mta::LookupOptions options{.at_once = o.in_flight, .with_checks = o.check, .selectors = std::move(*selectors)};
    if (o.json) options.format = mta::LookupFormat::json;
    if (o.quiet) options.format = mta::LookupFormat::hosts;
    if (o.unordered) options.order = mta::LookupOrder::as_found;

    if (auto r = become_less(); !r) return r;
    if (!o.connect) return look_up(o, options);
    const auto trusted = tls::ClientContext::make(o.site.tls_trust);
    if (!trusted) return failure(trusted.error());
    const mta::ProbeRules probing{o.site.hostname, &*trusted, static_cast<std::uint16_t>(o.port), o.patience};
    options.probing = &probing;
    return look_up(o, options);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"mxlookup", "tell where a domain's mail goes"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}

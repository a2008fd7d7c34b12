// SPDX-License-Identifier: ISC
// mxlookup - tell where a domain's mail goes. Manual: mxlookup(1).
#include <unistd.h>

#include <string>
#include <vector>

#include "base/privileges.hpp"
#include "cli/command.hpp"
#include "cli/named_option.hpp"
#include "dns/cares_resolver.hpp"
#include "dns/name.hpp"
#include "mta/lookup/lookup_console.hpp"
#include "mta/lookup/lookup_run.hpp"
#include "mxlookup_options.hpp"
#include "tls/client_context.hpp"

using namespace mailpipe;

namespace {

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

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

Result<void> look_up(const tools::LookupFlags& f, const mta::LookupOptions& options) {
    const auto servers = dns::parse_servers(f.site.resolver);
    if (!servers) return failure(servers.error());
    const auto resolver = dns::CaresResolver::open({*servers, f.timeout, f.tries, f.in_flight, f.rate});
    if (!resolver) return failure(resolver.error());
    mta::LookupConsole console;
    auto source = f.names.empty() ? mta::SubjectSource{STDIN_FILENO} : mta::SubjectSource{f.names};
    const auto summary = mta::look_up(**resolver, (*resolver)->file(), source, options, console.outputs());
    return summary ? summary->outcome() : failure(summary.error());
}

Result<void> run(const tools::LookupFlags& f) {
    auto selectors = ascii_names(f.selectors);
    if (!selectors) return failure(std::move(selectors).error());
    mta::LookupOptions options{.at_once = f.in_flight, .with_checks = f.check, .selectors = std::move(*selectors)};
    if (f.json) options.format = mta::LookupFormat::json;
    if (f.quiet) options.format = mta::LookupFormat::hosts;
    if (f.unordered) options.order = mta::LookupOrder::as_found;

    if (auto r = become_less(); !r) return r;
    if (!f.connect) return look_up(f, options);
    const auto trusted = tls::ClientContext::make(f.site.tls_trust);
    if (!trusted) return failure(trusted.error());
    const mta::ProbeRules probing{f.site.hostname, &*trusted, static_cast<std::uint16_t>(f.port), f.patience};
    options.probing = &probing;
    return look_up(f, options);
}

}  // namespace

int main(int argc, char** argv) {
    tools::LookupFlags flags;
    cli::Command command{"mxlookup", "tell where a domain's mail goes"};
    declare(command, flags);
    return command.run(argc, argv, [&]() -> Result<void> {
        const auto is_typed = [&](std::string_view option) { return cli::is_named(option, argc, argv); };
        if (auto checked = check(flags, is_typed); !checked) return checked;
        return run(flags);
    });
}

// SPDX-License-Identifier: ISC
// mimecat - look into messages: as a person reads them, their parts, what is in one, what is wrong. Manual: mimecat(1).
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "view/task.hpp"

using namespace mailpipe;

namespace {

struct Options {
    view::Request request;
    std::vector<std::string> files;
    bool null = false;
    unsigned jobs = 1;
    unsigned width = view::Console::columns();
};

Result<void> run(Options& o) {
    o.request.screen = {o.width, view::Console::has_colours()};
    auto task = view::choose_task(o.request);
    if (!task) return failure(std::move(task).error());
    view::Sources sources{o.files.empty() && !o.null ? std::vector<std::string>{"-"} : o.files};
    if (o.null) sources.read_names();
    if (task->is_for_one && !sources.is_only_one()) return failure({Fault::permanent, "that is for one message", ExitStatus::usage});

    view::Console console{"mimecat"};
    if (task->is_paged) console.start_pager();
    const auto summary = look_at_all(sources, task->action, o.jobs == 0 ? std::thread::hardware_concurrency() : o.jobs, console);
    if (summary.failures == 1 && summary.messages == 1) return failure(*summary.error);
    if (summary.failures > 0) {
        const auto what = fmt::format("{} of {} messages could not be read", summary.failures, summary.messages);
        return failure({summary.error->fault, what, summary.error->status});
    }
    if (!summary.is_clean) return failure({Fault::permanent, task->finding, ExitStatus::findings});
    return {};
}

void declare(cli::Command& command, Options& o) {
    auto& r = o.request;
    command.arguments("FILE", o.files, "messages, mboxes, Maildirs; - or none: standard input");
    command.flag("-0,--null", o.null, "names on standard input, a NUL behind each");
    command.option("-j,--jobs", o.jobs, "N", "threads; 0: as many as processors");
    command.option("-w,--width", o.width, "COLUMNS", "of text; 0: no line is broken");
    command.flag("-l,--list", r.list, "the parts of each message");
    command.option("-p,--part", r.part.number, "N[.N...]", "one part, decoded");
    command.flag("--raw", r.part.is_raw, "with --part, --headers, --field: as it stands");
    command.option("--charset", r.part.charset, "NAME", "with --part: text in this charset");
    command.flag("--headers", r.headers, "NAME,...", "the header's fields, decoded; these only");
    command.option("-f,--field", r.field, "NAME", "the value of one field, decoded");
    command.option("-x,--extract", r.directory, "DIR", "attachments into files in DIR");
    command.option("--match", r.match, "GLOB", "with --extract: parts of such types (with a /) or names");
    command.flag("--json", r.json, "all that is known, an object a message");
    command.flag("--envelope", r.envelope, "IMAP's ENVELOPE");
    command.flag("--bodystructure", r.body_structure, "IMAP's BODYSTRUCTURE");
    command.flag("--check", r.check, "what two readers could disagree on");
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"mimecat", "look into messages"};
    declare(command, options);
    return command.run(argc, argv, [&] { return run(options); });
}

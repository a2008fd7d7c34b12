// SPDX-License-Identifier: ISC
// mimecat - look into messages, as people read them and as programs do, and make one. Manual: mimecat(1).
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "hostname.hpp"
#include "view/composing.hpp"
#include "view/task.hpp"

using namespace mailpipe;

namespace {

struct Options {
    view::Request request;
    std::vector<std::string> files;
    bool null = false;
    unsigned jobs = 1;
    unsigned width = view::Console::columns();
    bool compose = false;
    view::Letter letter;
    std::string hostname;
};

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

unsigned threads(unsigned jobs) { return jobs == 0 ? std::thread::hardware_concurrency() : jobs; }

Result<void> look(Options& o) {
    if (o.letter.is_begun()) return failure(usage("what is said of a new message goes with --compose"));
    o.request.screen = {o.width, view::Console::has_colours()};
    auto task = view::choose_task(o.request);
    if (!task) return failure(std::move(task).error());
    view::Sources sources{o.files.empty() && !o.null ? std::vector<std::string>{"-"} : o.files};
    if (o.null) sources.read_names();
    if (sources.want_standard_input_twice()) return failure(usage("standard input is only there once"));
    if (task->is_for_one && !sources.is_only_one()) return failure(usage("that is for one message"));
    if (task->is_for_one) sources.require_one();

    view::Console console{"mimecat"};
    if (task->is_paged) console.page();
    return outcome(look_at_all(sources, task->action, task->is_for_one ? 1 : threads(o.jobs), console), *task);
}

Result<void> compose(Options& o) {
    if (view::asks_to_look(o.request) || o.null) return failure(usage("--compose looks at no message"));
    if (o.files.size() > 1) return failure(usage("--compose takes its text from one file"));
    if (!o.files.empty()) o.letter.text_file = o.files.front();
    return view::compose(o.letter, system_clock().now(), o.hostname,
                         [](std::string_view piece) { std::fwrite(piece.data(), 1, piece.size(), stdout); });
}

void declare(cli::Command& command, Options& o) {
    auto& r = o.request;
    command.arguments("FILE", o.files, "messages, mboxes, Maildirs; - or none: standard input");
    command.option("-w,--width", o.width, "COLUMNS", "of text; 0: no line is broken");
    command.flag("-0,--null", o.null, "names on standard input, a NUL behind each");
    command.option("-j,--jobs", o.jobs, "N", "threads; 0: as many as processors");
    command.flag("-l,--list", r.list, "the parts of each message");
    command.option("-p,--part", r.part, "N[.N...]", "one part, decoded");
    command.flag("--raw", r.is_raw, "with --part, --headers, --field: as it stands");
    command.option("--charset", r.charset, "NAME", "with --part: text in this charset");
    command.flag("--headers", r.headers, "NAME,...", "the header's fields, decoded; these only");
    command.option("-f,--field", r.field, "NAME", "the value of one field, decoded");
    command.option("-x,--extract", r.directory, "DIR", "attachments into files in DIR");
    command.option("--match", r.match, "GLOB", "with --extract: parts of such types (with a /) or names");
    command.flag("--json", r.json, "all that is known, an object a message");
    command.flag("--envelope", r.envelope, "IMAP's ENVELOPE");
    command.flag("--bodystructure", r.body_structure, "IMAP's BODYSTRUCTURE");
    command.flag("--check", r.check, "what two readers could disagree on");
    command.flag("--to-7bit", r.to_7bit, "the message encoded for a 7-bit hop");
    command.flag("--to-8bit", r.to_8bit, "the message with its text as it is");
}

void declare_letter(cli::Command& command, Options& o) {
    auto& letter = o.letter;
    command.flag("--compose", o.compose, "a message made of text and files");
    command.option("--from", letter.from, "ADDRESS", "with --compose: the author");
    command.repeated("--to", letter.to, "ADDRESS,...", "with --compose: recipients");
    command.repeated("--cc", letter.cc, "ADDRESS,...", "with --compose: recipients of a copy");
    command.repeated("--bcc", letter.bcc, "ADDRESS,...", "with --compose: recipients that others do not see");
    command.option("--subject", letter.subject, "TEXT", "with --compose: what it is about");
    command.repeated("--header", letter.fields, "FIELD", "with --compose: another field, 'Name: value'");
    command.repeated("--attach", letter.attachments, "FILE", "with --compose: a file");
    tools::declare_hostname(command, o.hostname);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"mimecat", "look into messages"};
    declare(command, options);
    declare_letter(command, options);
    return command.run(argc, argv, [&] { return options.compose ? compose(options) : look(options); });
}

// SPDX-License-Identifier: ISC
#include "view/task.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "imap/message/body_structure.hpp"
#include "imap/message/envelope.hpp"
#include "mime/recode.hpp"
#include "view/extract.hpp"
#include "view/fields.hpp"
#include "view/finding_list.hpp"
#include "view/json.hpp"
#include "view/part_list.hpp"
#include "view/reading.hpp"

namespace mailpipe::view {

namespace {

using mime::Sink;

/// Before what is told of one of several.
std::string title(const Message& message) { return message.is_alone ? "" : line_for_terminal(message.name) + ":\n"; }

/// What `write` gives is as it stands in a message: a terminal gets neither its controls nor the CR of a line end.
void write_unless_harmful(const Sink& sink, const std::function<void(const Sink& sink)>& write) {
    if (!Console::is_terminal()) return write(sink);
    std::string text;
    write([&](std::string_view data) { text += data; });
    std::string lines;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r' || text.compare(i + 1, 1, "\n") != 0) lines += text[i];
    }
    sink(for_terminal(lines));
}

void write_unless_harmful(const Sink& sink, std::string_view text) {
    write_unless_harmful(sink, [&](const Sink& to) { to(text); });
}

Result<Task> list(const Request&) {
    return Task{[](const Message& message, const Outputs& out) -> Result<bool> {
        out.data(title(message));
        out.data(list_parts(message.text, mime::read_structure(message.text)));
        return true;
    }};
}

Result<Task> check(const Request&) {
    const auto action = [](const Message& message, const Outputs& out) -> Result<bool> {
        const auto structure = mime::read_structure(message.text);
        out.data(list_findings(message.text, structure, message.is_alone ? "" : line_for_terminal(message.name) + ":"));
        return !are_ambiguous(structure.findings);
    };
    return Task{action, false, false, "two readers may see different things in that"};
}

Result<Task> part(const Request& request) {
    PartRequest wanted{*request.part, request.is_raw, request.charset.value_or("")};
    const auto action = [part = std::move(wanted)](const Message& message, const Outputs& out) -> Result<bool> {
        Result<void> done;
        write_unless_harmful(out.data, [&](const Sink& sink) {
            done = write_part(message.text, mime::read_structure(message.text), part, sink);
        });
        if (!done) return failure(done.error());
        return true;
    };
    return Task{action, true};
}

Result<Task> headers(const Request& request) {
    return Task{[names = *request.headers, raw = request.is_raw](const Message& message, const Outputs& out) -> Result<bool> {
        out.data(title(message));
        write_unless_harmful(out.data, list_fields(message.text, names, raw));
        return true;
    }};
}

Result<Task> field(const Request& request) {
    const auto action = [name = *request.field, raw = request.is_raw](const Message& message, const Outputs& out) -> Result<bool> {
        const auto value = field_value(message.text, name, raw);
        write_unless_harmful(out.data, value.value_or("") + "\n");
        return value.has_value();
    };
    return Task{action, false, false, fmt::format("there is no field {}", *request.field)};
}

Result<Task> extract(const Request& request) {
    auto opened = Extractor::open(*request.directory, request.match.value_or(""));
    if (!opened) return failure(std::move(opened).error());
    auto extractor = std::make_shared<Extractor>(std::move(*opened));
    return Task{[extractor](const Message& message, const Outputs& out) -> Result<bool> {
        const auto done = extractor->extract(message, mime::read_structure(message.text), out.data);
        if (!done) return failure(done.error());
        return true;
    }};
}

Result<Task> json(const Request&) {
    return Task{[](const Message& message, const Outputs& out) -> Result<bool> {
        out.data(describe(message.name, message.text, mime::read_structure(message.text)));
        return true;
    }};
}

Result<Task> envelope(const Request&) {
    return Task{[](const Message& message, const Outputs& out) -> Result<bool> {
        std::string text;
        imap::append_envelope(text, without_from_line(message.text));
        write_unless_harmful(out.data, text + "\n");
        return true;
    }};
}

Result<Task> body_structure(const Request&) {
    return Task{[](const Message& message, const Outputs& out) -> Result<bool> {
        std::string text;
        imap::append_body_structure(text, message.text, mime::read_structure(message.text));
        write_unless_harmful(out.data, text + "\n");
        return true;
    }};
}

using Recode = mime::Recoding (*)(std::string_view message, const Sink& sink);

Result<Task> recode(Recode to) {
    const auto action = [to](const Message& message, const Outputs& out) -> Result<bool> {
        mime::Recoding done;
        write_unless_harmful(out.data, [&](const Sink& sink) { done = to(message.text, sink); });
        for (const auto& [number, reason] : done.kept) {
            out.talk(fmt::format("{} is left as it is: {}", number.empty() ? "the message" : "part " + number, explain(reason)));
        }
        if (done.breaks_signature) out.talk("its DKIM-Signature does not hold for what it is now");
        return done.kept.empty();
    };
    return Task{action, true, false, "something is left as it was"};
}
Result<Task> to_7bit(const Request&) { return recode(mime::to_7bit); }
Result<Task> to_8bit(const Request&) { return recode(mime::to_8bit); }

/// Without any other.
Result<Task> reading(const Request& request) {
    Task task{[screen = request.screen](const Message& message, const Outputs& out) -> Result<bool> {
        if (!message.is_alone) out.data(fmt::format("==> {} <==\n", line_for_terminal(message.name)));
        out.data(read_message(message.text, mime::read_structure(message.text), screen));
        return true;
    }};
    task.is_paged = true;
    return task;
}

struct Choice {
    std::string_view option;
    bool is_given;
    bool takes_raw;
    Result<Task> (*make)(const Request& request);
};

/// The last one is what is done without an option.
std::array<Choice, 12> choices(const Request& r) {
    return {{
        {"--list", r.list, false, list},
        {"--check", r.check, false, check},
        {"--part", r.part.has_value(), true, part},
        {"--headers", r.headers.has_value(), true, headers},
        {"--field", r.field.has_value(), true, field},
        {"--extract", r.directory.has_value(), false, extract},
        {"--json", r.json, false, json},
        {"--envelope", r.envelope, false, envelope},
        {"--bodystructure", r.body_structure, false, body_structure},
        {"--to-7bit", r.to_7bit, false, to_7bit},
        {"--to-8bit", r.to_8bit, false, to_8bit},
        {"", true, false, reading},
    }};
}

tl::unexpected<Error> usage(std::string what) { return failure({Fault::permanent, std::move(what), ExitStatus::usage}); }

}  // namespace

bool asks_to_look(const Request& request) {
    const auto all = choices(request);
    const bool is_chosen = std::ranges::any_of(all, [](const Choice& one) { return one.is_given && !one.option.empty(); });
    return is_chosen || request.is_raw || request.charset || request.match;
}

Result<Task> choose_task(const Request& request) {
    for (const auto& value : {request.part, request.charset, request.field, request.directory, request.match}) {
        if (value && value->empty()) return usage("an option's value is empty");
    }
    const auto all = choices(request);
    const auto chosen = std::ranges::find_if(all, &Choice::is_given);
    const auto other = std::find_if(chosen + 1, all.end(), [](const Choice& one) { return one.is_given; });
    if (other != all.end() && !other->option.empty()) {
        return usage(fmt::format("{} and {}: one at a time", chosen->option, other->option));
    }
    if (request.is_raw && !chosen->takes_raw) return usage("--raw goes with --part, --headers and --field");
    if (request.charset && chosen->make != part) return usage("--charset goes with --part");
    if (request.charset && request.is_raw) return usage("--raw and --charset: one at a time");
    if (request.match && chosen->make != extract) return usage("--match goes with --extract");
    return chosen->make(request);
}

Result<void> outcome(const Summary& summary, const Task& task) {
    if (summary.failures > 0 && !summary.is_told) return failure(*summary.error);
    if (summary.failures > 0) {
        const auto what = fmt::format("{} of {} messages failed", summary.failures, summary.messages);
        return failure({summary.error->fault, what, summary.error->status});
    }
    if (!summary.is_clean) return failure({Fault::permanent, task.finding, ExitStatus::findings});
    return {};
}

}  // namespace mailpipe::view

// SPDX-License-Identifier: ISC
#include "view/task.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "imap/body_structure.hpp"
#include "imap/envelope.hpp"
#include "view/extract.hpp"
#include "view/fields.hpp"
#include "view/finding_list.hpp"
#include "view/json.hpp"
#include "view/part_list.hpp"
#include "view/reading.hpp"

namespace mailpipe::view {

namespace {

Result<Task> list(const Request&) {
    return Task{[](const Message& message, const Sink& out) -> Result<bool> {
        if (!message.is_alone) out(fmt::format("{}:\n", message.name));
        out(list_parts(message.text, mime::read_structure(message.text)));
        return true;
    }};
}

Result<Task> check(const Request&) {
    const auto action = [](const Message& message, const Sink& out) -> Result<bool> {
        const auto structure = mime::read_structure(message.text);
        out(list_findings(message.text, structure, message.is_alone ? "" : message.name + ":"));
        return !are_ambiguous(structure.findings);
    };
    return Task{action, false, false, "two readers may see different things in that"};
}

Result<Task> part(const Request& request) {
    const auto action = [part = request.part](const Message& message, const Sink& out) -> Result<bool> {
        if (auto r = write_part(message.text, mime::read_structure(message.text), part, out); !r) return failure(r.error());
        return true;
    };
    return Task{action, true};
}

Result<Task> headers(const Request& request) {
    return Task{[names = *request.headers, raw = request.part.is_raw](const Message& message, const Sink& out) -> Result<bool> {
        if (!message.is_alone) out(fmt::format("{}:\n", message.name));
        out(list_fields(message.text, names, raw));
        return true;
    }};
}

Result<Task> field(const Request& request) {
    const auto action = [name = request.field, raw = request.part.is_raw](const Message& message, const Sink& out) -> Result<bool> {
        const auto value = field_value(message.text, name, raw);
        out(value.value_or("") + "\n");
        return value.has_value();
    };
    return Task{action, false, false, fmt::format("there is no field {}", request.field)};
}

Result<Task> extract(const Request& request) {
    auto opened = Extractor::open(request.directory, request.match);
    if (!opened) return failure(std::move(opened).error());
    auto extractor = std::make_shared<Extractor>(std::move(*opened));
    return Task{[extractor](const Message& message, const Sink& out) -> Result<bool> {
        const auto done = extractor->extract(message, mime::read_structure(message.text), out);
        if (!done) return failure(done.error());
        return true;
    }};
}

Result<Task> json(const Request&) {
    return Task{[](const Message& message, const Sink& out) -> Result<bool> {
        out(describe(message.name, message.text, mime::read_structure(message.text)));
        return true;
    }};
}

Result<Task> envelope(const Request&) {
    return Task{[](const Message& message, const Sink& out) -> Result<bool> {
        std::string text;
        imap::append_envelope(text, without_from_line(message.text));
        out(text + "\n");
        return true;
    }};
}

Result<Task> body_structure(const Request&) {
    return Task{[](const Message& message, const Sink& out) -> Result<bool> {
        std::string text;
        imap::append_body_structure(text, message.text, mime::read_structure(message.text), imap::BodyForm::structure);
        out(text + "\n");
        return true;
    }};
}

/// Without any other.
Result<Task> reading(const Request& request) {
    Task task{[screen = request.screen](const Message& message, const Sink& out) -> Result<bool> {
        if (!message.is_alone) out(fmt::format("==> {} <==\n", line_for_terminal(message.name)));
        out(read_message(message.text, mime::read_structure(message.text), screen));
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

tl::unexpected<Error> usage(std::string what) { return failure({Fault::permanent, std::move(what), ExitStatus::usage}); }

}  // namespace

Result<Task> choose_task(const Request& r) {
    const Choice choices[] = {
        {"--list", r.list, false, list},
        {"--check", r.check, false, check},
        {"--part", !r.part.number.empty(), true, part},
        {"--headers", r.headers.has_value(), true, headers},
        {"--field", !r.field.empty(), true, field},
        {"--extract", !r.directory.empty(), false, extract},
        {"--json", r.json, false, json},
        {"--envelope", r.envelope, false, envelope},
        {"--bodystructure", r.body_structure, false, body_structure},
        {"", true, false, reading},
    };
    const auto* chosen = std::ranges::find_if(choices, &Choice::is_given);
    const auto* other = std::find_if(chosen + 1, std::end(choices), [](const Choice& choice) { return choice.is_given; });
    if (other != std::end(choices) && !other->option.empty()) return usage(fmt::format("{} and {}: one at a time", chosen->option, other->option));
    if (r.part.is_raw && !chosen->takes_raw) return usage("--raw goes with --part, --headers and --field");
    if (!r.part.charset.empty() && chosen->make != part) return usage("--charset goes with --part");
    if (!r.match.empty() && chosen->make != extract) return usage("--match goes with --extract");
    return chosen->make(r);
}

}  // namespace mailpipe::view

// SPDX-License-Identifier: ISC
#include "view/task.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "view/extract.hpp"
#include "view/fields.hpp"
#include "view/finding_list.hpp"
#include "view/part_list.hpp"

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
    return Task{action, false, "two readers may see different things in that"};
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
    return Task{action, false, fmt::format("there is no field {}", request.field)};
}

Result<Task> extract(const Request& request) {
    auto opened = Extractor::open(request.directory, request.match);
    if (!opened) return failure(std::move(opened).error());
    auto extractor = std::make_shared<Extractor>(std::move(*opened));
    return Task{[extractor](const Message& message, const Sink& out) -> Result<bool> {
        const auto done = extractor->extract(message.text, mime::read_structure(message.text), out);
        if (!done) return failure(done.error());
        return true;
    }};
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
    };
    const auto* chosen = std::ranges::find_if(choices, &Choice::is_given);
    if (chosen == std::end(choices)) return usage("what is to be done?");
    const auto* other = std::find_if(chosen + 1, std::end(choices), [](const Choice& choice) { return choice.is_given; });
    if (other != std::end(choices)) return usage(fmt::format("{} and {}: one at a time", chosen->option, other->option));
    if (r.part.is_raw && !chosen->takes_raw) return usage(fmt::format("--raw does not go with {}", chosen->option));
    if (!r.part.charset.empty() && chosen->make != part) return usage("--charset goes with --part");
    if (!r.match.empty() && chosen->make != extract) return usage("--match goes with --extract");
    return chosen->make(r);
}

}  // namespace mailpipe::view

// SPDX-License-Identifier: ISC
#include "mime/recode.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mime/content.hpp"
#include "mime/encoder.hpp"
#include "mime/recode_plan.hpp"

namespace mailpipe::mime {

namespace {

// In the order of the enumeration.
constexpr std::string_view explanations[] = {
    "it is signed or encrypted: a change would break it",
    "a multipart or message that can't be opened, and must not be encoded",
    "it is in a multipart that says it is encoded",
    "what is in the header's fields can't be encoded",
    "what stands outside of the parts can't be encoded",
    "its encoding is unknown",
    "it is not in the encoding that it names",
    "two readers may read its header differently",
    "it can't stand as lines of text",
    "a line of it would end the part",
};
static_assert(std::size(explanations) == static_cast<std::size_t>(Reason::delimiter) + 1);

void write_body(std::string_view body, const Transcoding& how, const Sink& sink) {
    Encoder encoder{how.to, how.lines, how.line_end};
    std::string out;
    read_content(body, how.from, [&](std::string_view piece) {
        encoder.encode(piece, out);
        sink(out);
        out.clear();
    });
    encoder.finish(out);
    sink(out);
}

void write(std::string_view message, const Plan& plan, const Sink& sink) {
    std::size_t at = 0;
    const auto copy_up_to = [&](std::size_t end) {
        if (end > at) sink(message.substr(at, end - at));
    };
    for (const auto& edit : plan.edits) {
        copy_up_to(edit.range.begin);
        if (edit.body) write_body(edit.range.of(message), *edit.body, sink);
        else sink(edit.text);
        at = edit.range.end;
    }
    copy_up_to(message.size());
}

Recoding carry_out(std::string_view message, Plan plan, const Sink& sink) {
    write(message, plan, sink);
    const bool is_changed = !plan.edits.empty();
    return {std::move(plan.kept), is_changed, is_changed && plan.is_signed};
}

}  // namespace

std::string_view explain(Reason reason) { return explanations[static_cast<std::size_t>(reason)]; }

Recoding to_7bit(std::string_view message, const Sink& sink) { return carry_out(message, plan_7bit(message), sink); }

Recoding to_8bit(std::string_view message, const Sink& sink) { return carry_out(message, plan_8bit(message), sink); }

}  // namespace mailpipe::mime

// SPDX-License-Identifier: ISC
#include "imap/verbs/url_text.hpp"

#include <algorithm>

#include "imap/grammar/message_url.hpp"
#include "imap/session/message.hpp"
#include "imap/message/section_text.hpp"
#include "io/wire_size.hpp"
#include "mime/content.hpp"

namespace mailpipe::imap {

namespace {

Error no_such(std::string_view what) { return {Fault::permanent, "there is no such " + std::string{what}}; }

std::string_view text_of(const SectionText& section) {
    if (const auto* view = std::get_if<std::string_view>(&section)) return *view;
    return std::get<std::string>(section);
}

/// On the wire, and what a partial leaves of it.
std::string wire_text(std::string_view text, const std::optional<Partial>& partial) {
    std::string wire;
    mime::WireText{}.append(text, wire);
    if (!partial) return wire;
    const auto begin = std::min<std::uint64_t>(partial->offset, wire.size());
    return wire.substr(begin, std::min<std::uint64_t>(partial->octets, wire.size() - begin));
}

}  // namespace

Result<void> write_url(Session& session, std::string_view url, const std::function<Result<void>(std::string_view)>& write,
                       const std::function<bool(std::uint64_t)>& fits) {
    const auto parsed = parse_message_url(url);
    if (!parsed) return failure(parsed.error());
    const auto name = canonical_name(session, parsed->mailbox);
    if (!name) return failure(name.error());
    auto folder = open_folder(session, *name, store::Access::examine);
    if (!folder) return failure(folder.error());
    if (parsed->uid_validity && *parsed->uid_validity != folder->uid_validity()) return failure(no_such("UIDVALIDITY"));
    const auto index = folder->index();  // kept: text() may put another one in its place
    const auto place = index->find(parsed->uid);
    if (!place) return failure(no_such("message"));
    store::EntryBatch batch{*index};
    Message message{{*folder, *index, batch}, (*index)[*place]};
    const auto text = message.text();
    const auto structure = text ? message.structure() : failure(text.error());
    if (!structure) return failure(structure.error());
    const auto section = find_section(*text, **structure, parsed->section);
    if (!section) return failure(no_such("section"));
    const auto wire = wire_text(text_of(*section), parsed->partial);
    if (!fits(wire.size())) return failure({Fault::permanent, "too much"});
    return write(wire);
}

}  // namespace mailpipe::imap
